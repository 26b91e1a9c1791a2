from okaeri.loop.workspace import start_django

start_django()
