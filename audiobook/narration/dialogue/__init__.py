"""Dialogue: what the people in a story say, found by the quotation marks and dashes of its language.

A clause that says who spoke ("he said") stays with the narrator, and so do titles and words in quotation
marks that nobody says. A speech may continue over several paragraphs.
"""
