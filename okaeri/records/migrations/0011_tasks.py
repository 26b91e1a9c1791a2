from typing import Any

from django.db import migrations, models
from django.db.models import F


def give_to_who_wrote(apps: Any, schema_editor: Any) -> None:
    """Tasks were those of who wrote them."""
    notes = apps.get_model("records", "Note").objects.using(schema_editor.connection.alias)
    notes.filter(is_task=True).update(assignee=F("made_by"))


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0010_merges'),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='assignee',
            field=models.CharField(blank=True, default='', max_length=100),
            preserve_default=False,
        ),
        migrations.RunPython(give_to_who_wrote, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(condition=models.Q(('done_at', None), ('is_task', True)), fields=['assignee', 'due_on'], name='tasks_open'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(condition=models.Q(('done_at__isnull', False), ('is_task', True)), fields=['-done_at'], name='tasks_done'),
        ),
    ]
