"A program at a pseudo terminal, for lessons: wait for what it prints, press keys."
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

# In the new process: the terminal becomes the one whose Ctrl-C counts, and Ctrl-C is heard even where the parent ignores it.
_begin = """
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_path(sys.argv[1], run_name='__main__')
"""


class Terminal:
    "A Python file that runs at a terminal of its own; no Python runs between fork and exec, unlike in pexpect."
    def __init__(self, program, n_line=40, n_column=100, **env):
        self.fd, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack('HHHH', n_line, n_column, 0, 0))
        self.process = subprocess.Popen([sys.executable, '-c', _begin, str(program)], stdin=inside, stdout=inside,
                                        stderr=inside, start_new_session=True, env=os.environ | env)
        os.close(inside)
        self.text = ''      # that nobody has waited for yet

    def _read(self, seconds):
        "More of what is printed; '' at the end."
        if not select.select([self.fd], [], [], max(0, seconds))[0]: raise TimeoutError(f'nothing came: {self.text[-300:]!r}')
        try: return os.read(self.fd, 4096).decode(errors='replace')
        except OSError: return ''      # Linux says so when the program has ended

    def expect(self, pattern, seconds=120):
        "Wait until a pattern is printed."
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            more = self._read(end - time.monotonic())
            if not more: raise EOFError(f'the program ended without {pattern!r}: {self.text[-300:]!r}')
            self.text += more
        self.text = self.text[found.end():]

    def press(self, keys):
        "Press keys, as fast as people do."
        time.sleep(.3)
        os.write(self.fd, keys.encode())

    def close(self, seconds=120):
        "Wait for the end; the exit code."
        end = time.monotonic() + seconds
        while self._read(end - time.monotonic()): pass
        os.close(self.fd)
        return self.process.wait(timeout=max(1, end - time.monotonic()))
