"What a process takes of memory, for the pages that measure it."
from pathlib import Path

def status_bytes(name):
    "A figure about this process's memory (Linux): 'VmRSS' now, 'VmHWM' at most."
    lines = Path('/proc/self/status').read_text().splitlines()
    return 1024*next(int(line.split()[1]) for line in lines if line.startswith(f'{name}:'))
