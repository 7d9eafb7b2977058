"""The call screen: from the ringing phone to a complaint, a repair request, an answer or a chase on record."""
