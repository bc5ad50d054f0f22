"""scikit-learn's face: estimators and transformers that drop into its pipelines and searches.

No mathematics.
"""
