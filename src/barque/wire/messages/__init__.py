"""Every message of the four dialogues, one declaration each."""
