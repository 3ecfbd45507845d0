"Music for your video, found in a conversation."
__version__ = "0.2.0"
__all__ = ['MuseChat']

def __getattr__(name:str):
    "`MuseChat` is imported when it is first asked for, so that `import musechat` stays quick."
    if name != 'MuseChat': raise AttributeError(f"module 'musechat' has no attribute {name!r}")
    from .chat.dialogue import MuseChat
    return MuseChat
