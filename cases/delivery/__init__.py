"""Deliveries with a date to meet: their forms, pages, clocks, and what the customer is told (S3-117 … S3-139)."""
