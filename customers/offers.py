"""What apps above offer on the page of an order: a return, an installation.

``on_order(function)``; ``function(order, user)`` answers its links as (label, address, icon).
"""

_functions = []


def on_order(function):
    """Let ``function(order, user)`` offer links on every order's page."""
    if function not in _functions:
        _functions.append(function)
    return function


def offers_on(order, user):
    """The links this person is offered on an order, in the order of their registration."""
    return [link for function in _functions for link in function(order, user)]
