"""Pictures of parts of the window: what there can be one of, what it is to be like, and how it is drawn.

Nothing of it is needed, nor loaded, before somebody asks for a picture.
"""
