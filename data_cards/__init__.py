"""Templates of the cards, and the committed card of the demo data set; installed as `radcurate.data_cards`."""
