"""How many standard deviations to either side hold so much of a normal distribution."""

Z80, Z95 = 1.2815515655446004, 1.959963984540054
