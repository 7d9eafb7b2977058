"""Tables that come in and go out: xlsx and csv files of customers, goods, people and running cases.

An app registers a ``TableResource`` per table. Files are bounded before they are parsed, read row by row, checked and
written in chunks by set-based statements; nothing here holds a whole file in memory (design 4.5).
"""
