"Media files that the pages of this room make to test themselves; not part of the package."
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from musechat.core.errors import MediaError

av.logging.set_level(av.logging.PANIC)

def tone(n, rate=48000, hz=440., level=.3):
    "n samples of a sine."
    return (level*np.sin(2*np.pi*hz*np.arange(n)/rate)).astype(np.float32)

def grey(i, w=64, h=48):
    "Frame i: flat grey 20 + 5i, with a white square in the upper left corner."
    image = np.full((h, w, 3), 20 + 5*i, np.uint8)
    image[:h//4, :w//4] = 255
    return image

def level(image):
    "The frame's number back from its grey."
    return (float(image[-8:, -8:].mean()) - 20)/5

def moving(i, w, h):
    "Frame i: colours that wander, its grey in the lower right corner."
    y, x = np.mgrid[:h, :w]
    image = np.stack([(3*x + 7*i) % 256, (5*y + 11*i) % 256, (2*x + 2*y + 5*i) % 256], 2).astype(np.uint8)
    image[-h//3:, -w//3:] = 20 + 5*i
    return image

def add_audio(container, codec, rate=48000):
    return container.add_stream(codec, rate=rate, layout='stereo', options=dict(strict='experimental'))

def put_audio(container, stream, wave, rate=48000):
    "Encode a mono wave on both channels."
    for i in range(0, len(wave), 9600):
        both = np.stack([wave[i:i + 9600]]*2)
        frame = av.AudioFrame.from_ndarray(both, format='fltp', layout='stereo')     # the encoder converts
        frame.sample_rate, frame.pts, frame.time_base = rate, i, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))

def make_video(path, codec='libx264', n=40, fps=20, pts=None, audio='aac', w=64, h=48, images=grey, options=None,
               sar=None, audio_s=None, pix_fmt='yuv420p', color_range=0, mux=None, tags=None):
    "n frames at fps, or at the times `pts` (milliseconds); 2 s unless said otherwise; sound of the same length."
    with av.open(str(path), 'w', options=mux or {}) as c:
        v = c.add_stream(codec, rate=fps, options=options or {})
        v.width, v.height, v.pix_fmt, v.codec_context.color_range = w, h, pix_fmt, color_range
        v.metadata.update(tags or {})
        if codec == 'mjpeg': v.pix_fmt, v.codec_context.color_range = 'yuvj420p', 2
        v.time_base = v.codec_context.time_base = Fraction(1, fps if pts is None else 1000)
        if sar: v.codec_context.sample_aspect_ratio = Fraction(sar)
        a = add_audio(c, audio) if audio else None
        for i in range(n):
            frame = av.VideoFrame.from_ndarray(images(i, w, h), format='rgb24')
            if color_range: frame = frame.reformat(format=pix_fmt, dst_color_range=color_range)
            frame.pts, frame.time_base = i if pts is None else pts[i], v.codec_context.time_base
            c.mux(v.encode(frame))
        c.mux(v.encode(None))
        if a: put_audio(c, a, tone(int(48000*(audio_s or n/fps))))
    return path

def make_phone(path):
    "One second at 10 frames a second, one at 30, as a phone in changing light; its times in milliseconds."
    pts = [i*100 for i in range(10)] + [1000 + i*1000//30 for i in range(30)]
    return make_video(path, pts=pts), pts

def make_hevc(path):
    "Five seconds as x265 writes them: frames are stored in another order than shown, some behind a later keyframe."
    return make_video(path, 'libx265', n=200, fps=40, h=64, images=lambda i, w, h: grey(i % 40, w, h),
                      options={'x265-params': 'log-level=none:keyint=30:bframes=4'})

def make_open(path):
    "H.264 as broadcasters like it: some frames are stored behind a keyframe and shown before it."
    return make_video(path, audio=None, w=160, h=120, images=moving,
                      options={'x264-params': 'keyint=12:open-gop=1:bframes=3'})

def make_turned(path, source, turn=1):
    "An mp4 turned by quarter turns clockwise, by the matrix in its header."
    data = bytearray(Path(source).read_bytes())
    at = data.find(b'tkhd') + 4 + 40                     # version 0: the matrix is 40 bytes behind the box's name
    one = 1 << 16
    a, b = ((one, 0), (0, one), (-one, 0), (0, -one))[turn]
    matrix = (a, b, 0, -b, a, 0, 48 << 16 if turn == 1 else 0, 0, 1 << 30)
    data[at:at + 36] = b''.join(x.to_bytes(4, 'big', signed=True) for x in matrix)
    path.write_bytes(data)
    return path

# (name, video codec, audio codec) of what phones, editors and sites write
kinds = [('h264.mp4', 'libx264', 'aac'), ('hevc.mov', 'libx265', 'aac'), ('av1.mp4', 'libsvtav1', 'aac'),
         ('vp9.webm', 'libvpx-vp9', 'libopus'), ('vp9.mkv', 'libvpx-vp9', 'flac'), ('mjpeg.mkv', 'mjpeg', 'pcm_s16le'),
         ('mpeg4.avi', 'mpeg4', 'libmp3lame')]

def make_kind(folder, name):
    "Two seconds in one of `kinds`."
    codec, audio = next(k[1:] for k in kinds if k[0] == name)
    options = {'x265-params': 'log-level=none'} if codec == 'libx265' else {}
    return make_video(folder/name, codec, audio=audio, h=64, options=options)

def make_audio(path, codec, wave, rate=48000):
    with av.open(str(path), 'w') as c: put_audio(c, add_audio(c, codec, rate), wave, rate)
    return path

def make_half(path):
    "The first half of a file's bytes, beside it."
    half = path.with_name('half-' + path.name)
    half.write_bytes(path.read_bytes()[:path.stat().st_size//2])
    return half

def kind_of(f, *args, **kwargs):
    "The kind of the `MediaError` that a call ends in."
    try: f(*args, **kwargs)
    except MediaError as e: return e.kind
    return None
