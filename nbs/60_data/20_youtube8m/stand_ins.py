"What the pages of this folder test themselves with: records, a server with moods, a fetcher without a network."
import http.server
import struct
import threading

import numpy as np

from musechat.core.files import atomic_path
from musechat.core.samples import sample_video
from musechat.encoders.tensorflow import masked_crc

# Records

def write_records(path, records):
    "Write a TFRecord file."
    def packed(data): return data + struct.pack('<I', masked_crc(data))
    with atomic_path(path) as tmp, open(tmp, 'wb') as f:
        for data in records: f.write(packed(struct.pack('<Q', len(data))) + packed(data))

def number(n):
    "A varint."
    out, n = bytearray(), n & 0xffffffffffffffff
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])

def field(k, body): return number(k << 3 | 2) + number(len(body)) + body

def feature(values, packed):
    "A Feature of bytes, floats or whole numbers."
    if isinstance(values, list): return field(1, b''.join(field(1, v) for v in values))
    if values.dtype.kind == 'f':
        words = [b'\x0d' + v.tobytes() for v in values.astype('<f4')]
        return field(2, field(1, values.astype('<f4').tobytes()) if packed else b''.join(words))
    numbers = [number(int(v)) for v in values]
    return field(3, field(1, b''.join(numbers)) if packed else b''.join(b'\x08' + n for n in numbers))

def write_record(features, lists=None, packed=True):
    "A tf.train.Example, or with `lists` a SequenceExample; `packed`: numbers in one piece, or one by one."
    def named(values, write):
        return b''.join(field(1, field(1, k.encode()) + field(2, write(v))) for k, v in values.items())
    def series(values): return b''.join(field(1, feature(v, packed)) for v in values)
    out = field(1, named(features, lambda v: feature(v, packed)))
    return out + (field(2, named(lists, series)) if lists is not None else b'')

def video_level(pseudo, labels, seed=0):
    "A record with the means over a video."
    r, numbers = np.random.default_rng(seed), np.array(labels, np.int64)
    return write_record(dict(id=[pseudo.encode()], labels=numbers,
                             mean_rgb=r.normal(size=1024), mean_audio=r.normal(size=128)))

vocabulary_text = '''Index,TrainVideoCount,KnowledgeGraphId,Name,WikiUrl,Vertical1,Vertical2,Vertical3,WikiDescription
3,378135,/m/01jddz,Concert,,Arts & Entertainment,,,"A concert, live,
and so on"
14,10,/m/0,Music video,,Arts & Entertainment,,,
15,9,/m/1,Musician,,,,,
'''

# A server

class Moody(http.server.BaseHTTPRequestHandler):
    "Answers as the class's `moods` say; remembers what it was asked."
    protocol_version = 'HTTP/1.1'
    moods, asked = {}, []
    def do_GET(self):
        self.asked.append(self.path)
        mood = self.moods.get(self.path, (404, b''))
        if isinstance(mood, list): mood = mood.pop(0) if len(mood) > 1 else mood[0]
        if callable(mood): return mood(self)
        self.answer(*mood)
    do_HEAD = do_GET
    def answer(self, status, body, **headers):
        self.send_response(status)
        for k, v in (dict(Content_Length=len(body), Connection='close') | headers).items():
            self.send_header(k.replace('_', '-'), str(v))
        self.end_headers()
        if self.command == 'GET': self.wfile.write(body)
    def log_message(self, *args): pass

class MoodyServer(http.server.ThreadingHTTPServer):
    "A `Moody` on a free port of this machine, at `url`."
    def __init__(self):
        super().__init__(('127.0.0.1', 0), Moody)
        self.url = f'http://127.0.0.1:{self.server_port}'
        threading.Thread(target=self.serve_forever, daemon=True).start()
    def handle_error(self, *args): pass                 # a client that hangs up is no news
    def stop(self):
        self.shutdown()
        self.server_close()

# A fetcher

class FakeFetcher:
    "Copies a file, or fails as it is told; remembers what it was asked."
    def __init__(self, answers): self.answers, self.asked = answers, []
    def fetch(self, video_id, folder):
        self.asked.append(video_id)
        answer = self.answers[video_id]
        if isinstance(answer, list): answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception): raise answer
        (folder/'clip.mp4').write_bytes(sample_video().read_bytes() if answer is True else answer)
        return folder/'clip.mp4', dict(title='A title: ../../x', description='"quotes"')
