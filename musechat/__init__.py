"Music for your video, found in a conversation."
__version__ = "0.2.0"
__all__ = ['MuseChat', 'chat_widget']

def __getattr__(name:str):
    "What is imported when it is first asked for, so that `import musechat` stays quick."
    if name == 'MuseChat':
        from .chat.dialogue import MuseChat
        return MuseChat
    if name == 'chat_widget':
        from .chat.widget import chat_widget
        return chat_widget
    raise AttributeError(f"module 'musechat' has no attribute {name!r}")
