"""Recognising text on pictures of pages (OCR)."""
