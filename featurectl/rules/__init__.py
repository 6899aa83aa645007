"""What may be declared: each module judges one kind of declaration and builds what it declares."""
