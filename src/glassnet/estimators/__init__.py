"""scikit-learn's face of glassnet: estimators and transformers, and what they share.

What networks compute and how tables are encoded is elsewhere; here it is put into scikit-learn's
names, checks and attributes.
"""
