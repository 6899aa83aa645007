"""What is online against what the warehouse holds; nothing is written."""
