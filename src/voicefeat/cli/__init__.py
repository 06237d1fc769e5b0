"""The command ``voicefeat``: one file per subcommand."""
