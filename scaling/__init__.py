"""How staging's figures follow from production's. Pure: model × scaling → (scaled model, ledger)."""
