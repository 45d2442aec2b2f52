"""Operations: who is called and why, what is kept, what is recorded, what it may cost."""
