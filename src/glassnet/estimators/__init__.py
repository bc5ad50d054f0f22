<<<<<<< HEAD
"""scikit-learn's face of glassnet: estimators and transformers, and what they share.

What networks compute and how tables are encoded is elsewhere; here it is put into scikit-learn's
names, checks and attributes.
=======
"""scikit-learn's face: estimators and transformers that drop into its pipelines and searches.

No mathematics.
>>>>>>> main
"""
