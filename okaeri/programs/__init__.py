"""What a shop runs for its customers. Each program is a Django app of the same shape and knows no other program."""
