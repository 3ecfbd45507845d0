"""Paints the sample video, twenty seconds at the water, and makes its sound of waves, all from noise."""
import math
from functools import lru_cache
from pathlib import Path

import numpy as np

from musechat.core.files import atomic_path
from musechat.data.simulation.views import rough

def sample(
    texture:np.ndarray,      # (h, w)
    v:np.ndarray,            # rows, may be fractions, wraps round
    u:np.ndarray,            # columns, same shape as v
)->np.ndarray:               # the shape of v
    "Look a seamless texture up between its pixels (bilinear)."
    h, w = texture.shape
    v0, u0 = np.floor(v).astype(np.int64), np.floor(u).astype(np.int64)
    fv, fu = (v - v0).astype(np.float32), (u - u0).astype(np.float32)
    a, b, c, d = v0 % h, (v0 + 1) % h, u0 % w, (u0 + 1) % w
    return (texture[a, c]*(1 - fu) + texture[a, d]*fu)*(1 - fv) + (texture[b, c]*(1 - fu) + texture[b, d]*fu)*fv

# Everything is painted on a canvas of floats in [0, 1]. blend lays a colour over a picture where a mask says so.

video_width, video_height, video_fps = 640, 360, 24

def _grid()->tuple[np.ndarray, np.ndarray]:
    "Row and column of every pixel."
    y, x = np.mgrid[:video_height, :video_width].astype(np.float32)
    return y, x

def blend(
    picture:np.ndarray,      # (h, w, 3)
    colour:tuple|np.ndarray, # (3,) or (h, w, 3)
    mask:np.ndarray,         # (h, w), 0 keeps the picture, 1 takes the colour
)->np.ndarray:               # (h, w, 3)
    "Lay a colour over a picture."
    m = np.clip(mask, 0, 1)[..., None]
    return picture*(1 - m) + np.asarray(colour, np.float32)*m

# Sky. Three colours from the zenith to the horizon, the glow of the sun, and clouds on a flat ceiling far above: seen in
# perspective they crowd together towards the horizon.

def sky(
    t:float,                 # seconds
    horizon:float,           # row of the horizon
    colours:tuple,           # zenith, middle and horizon, each RGB in [0, 1]
    sun:tuple,               # (column, row, RGB) of the sun
    clouds:np.ndarray,       # texture
    cover:float=.3,          # more is less cloud
    lit:tuple=(1., .97, .93),# colour of the clouds
)->np.ndarray:               # (h, w, 3)
    "A sky with moving clouds; rows below the horizon repeat its colour."
    y, x = _grid()
    height = np.clip((horizon - y)/horizon, 0, 1)
    stops = np.array([0, .35, 1])
    picture = np.stack([np.interp(height, stops, [c[i] for c in colours[::-1]]) for i in range(3)], -1).astype(np.float32)
    far = np.hypot(x - sun[0], (y - sun[1])*1.2)
    picture += np.asarray(sun[2], np.float32)*(.5*np.exp(-far/110) + .35*np.exp(-far/30))[..., None]
    picture = blend(picture, (1., .98, .9), (13 - far)/3)
    depth = 1/(height + .06)
    noise = sample(clouds, 46*depth + 2*t, (x - 320)*depth*.42 + 9*t)
    body = np.clip((noise - cover)*.9, 0, .9)*np.clip(height*7, 0, 1)
    shade = np.clip(1 - .16*np.clip(noise - cover - .5, 0, 2), .6, 1)[..., None]
    return np.clip(blend(picture, np.asarray(lit, np.float32)*shade, body), 0, 1)

# Water is a mirror that trembles: each pixel shows the picture above the horizon, mirrored, from a place that the ripples
# move about. The nearer the water, the larger the ripples and the more of its own colour it has.

def water(
    picture:np.ndarray,      # (h, w, 3) with everything above the horizon painted
    t:float,
    horizon:float,
    ripples:np.ndarray,      # texture
    deep:tuple,              # the water's own colour
    rough_px:float=10.,      # how far ripples move the mirror, pixels in the foreground
    own:float=.55,           # share of its own colour in the foreground
    glitter:float=0.,        # sun on the crests
    sun_column:float=320.,   # under which they glitter
)->np.ndarray:               # (h, w, 3)
    "Lay water under the horizon."
    y, x = _grid()
    near = np.clip((y - horizon)/(video_height - horizon), 0, 1)
    depth = 1/(near + .035)
    waves = sample(ripples, 60*depth + 14*t, (x - 320)*depth*.35 + 6*t) + sample(ripples, 44*depth - 9*t + 300, (x - 320)*depth*.5 - 8*t)
    rows = np.clip(horizon - (y - horizon)*.95 + waves*rough_px*(near + .04), 0, horizon - 1)
    columns = np.clip(x + waves*rough_px*.25*near, 0, video_width - 1)
    mirror = picture[rows.astype(int), columns.astype(int)]
    surface = blend(mirror, np.asarray(deep, np.float32)*(1 + .12*waves[..., None]), own*np.sqrt(near)*np.ones_like(x))
    path = np.exp(-((x - sun_column)/(14 + 90*near))**2)*np.clip(near*12, 0, 1)
    surface += (glitter*path*np.clip(waves + .4, 0, 1.6))[..., None]*np.array([1., .86, .62], np.float32)
    return np.where((y >= horizon)[..., None], np.clip(surface, 0, 1), picture)

# Mountains are a height map, looked at from the ground: for each column of the picture a ray goes out, and whatever
# rises above all that is nearer is painted. Sun from the side, snow where it is high and not too steep, forest below, haze
# with distance.

def height_map(
    rng:np.random.Generator,
    n:int=1024,                # pixels a side
)->np.ndarray:                 # (n, n), 0 to 1
    "Mountains with ridges, as erosion leaves them."
    ridge = 1 - np.abs(rough(n, n, rng, 2.6))/2.2
    detail = 1 - np.abs(rough(n, n, rng, 1.8))/2.2
    h = np.clip(ridge, 0, 1)**2*(.85 + .15*detail) + .05*rough(n, n, rng, 1.9)
    return (h - h.min())/(h.max() - h.min())

def land_colour(
    h:np.ndarray,              # height map, 0 to 1
    rng:np.random.Generator,
    snow:float=.55,            # height of the snow line
)->np.ndarray:                 # (n, n, 3)
    "Forest, rock and snow in the light of a sun on the right."
    gy, gx = np.gradient(h*150)
    light = np.clip(.6 - .4*gx + .12*gy, .2, 1.2)
    grain = rough(*h.shape, rng, 1.1)
    land = np.ones((*h.shape, 3), np.float32)*np.array([.2, .27, .13], np.float32)*(1 + .25*grain[..., None])
    land = blend(land, np.array([.46, .42, .39])*(1 + .12*grain[..., None]), (h - snow*.62 + .05*grain)*9)
    land = blend(land, (.97, .98, 1.), (h - snow + .05*grain - .06*np.hypot(gx, gy))*14)
    return (land*light[..., None]).astype(np.float32)

def mountains(
    h:np.ndarray,              # height map
    land:np.ndarray,           # its colours, (n, n, 3)
    horizon:int,               # row where the land meets the water
    middle:float,              # column of the height map in the middle of the picture
    tall:float=260.,           # height of the highest peaks, in picture rows
    haze:tuple=(.72, .8, .9),
    width:int=720,             # pixels, more than the picture for a pan
)->np.ndarray:                 # (horizon, width, 4): colour and whether there is land
    "Look at a range of mountains from the shore, front to back."
    out = np.zeros((horizon, width, 4), np.float32)
    x, rows = np.linspace(-1.1, 1.1, width), np.arange(horizon)[:, None]
    top = np.full(width, float(horizon))
    for z in np.geomspace(1., 3., 500):
        v, u = np.full(width, 60 + 260*z), middle + x*z*190
        y = horizon - tall*sample(h, v, u)*min(1., (z - 1)/.55)/z**.6
        fog = 1 - np.exp(-.5*(z - 1))
        colour = np.stack([sample(land[..., i], v, u)*(1 - fog) + haze[i]*fog for i in range(3)] + [np.ones(width)], -1)
        out = np.where(((rows >= y) & (rows < top))[..., None], colour[None], out)
        top = np.minimum(top, y)
    return out

def pan(
    picture:np.ndarray,        # (h, w, 3)
    layer:np.ndarray,          # (rows, more than w, 4), painted from the top row down
    shift:float,               # pixels, may be a fraction
)->np.ndarray:                 # (h, w, 3)
    "Lay a wide layer over a picture, moved sideways."
    whole, part = int(shift), shift % 1
    w = picture.shape[1]
    view = layer[:, whole:whole + w]*(1 - part) + layer[:, whole + 1:whole + 1 + w]*part
    out = picture.copy()
    out[:len(layer)] = out[:len(layer)]*(1 - view[..., 3:]) + view[..., :3]
    return out

# A beach: the sea ends in a line that comes and goes; foam lies along it like lace, breakers roll in behind, and the sand
# that was wet a moment ago is dark.

def beach(
    picture:np.ndarray,        # (h, w, 3) with sea down to the bottom
    t:float,
    horizon:float,
    textures:tuple[np.ndarray, np.ndarray],     # fine and coarse
)->np.ndarray:                 # (h, w, 3)
    "Lay sand and surf over the sea."
    fine, coarse = textures
    y, x = _grid()
    wash = 9*math.sin(2*math.pi*t/6)
    wobble = sample(coarse, np.full_like(x, 40 + 3*t), x*.5)*5 + sample(coarse, np.full_like(x, 90.), x*.17)*8
    line = 262 + (x - 320)*.12 + wobble + wash
    wet_line = 262 + (x - 320)*.12 + wobble*.6 + 20
    lace = sample(fine, y*1.6 - 12*t, x*.9 + 4*t)
    out = picture
    for k in range(3):                                             # breakers, each nearer and larger
        phase = (t/6 + k/3) % 1
        crest = horizon + 16 + (line - horizon - 16)*phase**1.3 + sample(coarse, np.full_like(x, 30.*k), x*.35)*7*phase
        size = 3 + 13*phase
        face = np.exp(-((y - crest + size*.5)/size)**2)
        out = blend(out, (.1, .3, .34), .45*face*(y < crest)*phase)
        white = np.clip(1.4 - np.abs(y - crest)/(size*.55) + .5*lace, 0, 1)*np.clip(sample(coarse, np.full_like(x, 200. + 50*k), x*.6)*.9 + .75, 0, 1)
        out = blend(out, (.96, .97, .98), white*phase**.6*.95)
    grain = sample(fine, y*2.2, x*2.2)
    sand = np.array([.8, .69, .52], np.float32)*(1 + .035*grain + .03*sample(coarse, y*2, x*.6))[..., None]
    sand = blend(sand, np.array([.5, .44, .36], np.float32)*np.ones_like(sand), np.clip((wet_line - y)/14 + .4, 0, .85))
    out = blend(out, sand, (y - line)/2)
    foam = np.clip(1.3 - np.abs(y - line + 3)/6 + .45*lace, 0, 1) + np.clip(.55*lace - .25, 0, .6)*(y < line)*np.clip(1 - (line - y)/46, 0, 1)
    return np.clip(blend(out, (.98, .98, .97), foam), 0, 1)

# Ridges: for hills behind hills a line for each is enough; air between them makes the far ones pale.

def ridges(
    picture:np.ndarray,
    coarse:np.ndarray,           # texture
    rows:tuple[float, ...],      # where each ridge stands, far to near
    near:tuple,                  # colour of the nearest
    far:tuple,                   # colour of the air
    move:float=0.,               # movement of the nearest, pixels
    tall:float=16.,
)->np.ndarray:
    "Paint ridges, far to near, with mist in the valleys."
    y, x = _grid()
    out = picture
    for i, row in enumerate(rows):
        share = (i + 1.6)/(len(rows) + .6)
        column = (x + move*share)*(.25 + .2*share)
        line = row + sample(coarse, np.full_like(x, 37.*i + 11), column)*tall*(.6 + .8*share) + sample(coarse, np.full_like(x, 300.), column*9)*1.6*share + np.abs(sample(coarse, np.full_like(x, 150.), column*41))*2.4*share
        colour = np.asarray(far)*(1 - share**1.2) + np.asarray(near)*share**1.2
        mist = np.clip((y - line)/64, 0, 1)**1.5*(1 - .5*share)
        out = blend(out, blend(np.broadcast_to(colour.astype(np.float32), out.shape), far, mist), y - line)
    return out

def gulls(
    picture:np.ndarray,
    t:float,
    flock:tuple[tuple[float, float, float, float], ...],   # (column, row, pixels a second, size) of each
    colour:tuple=(.12, .12, .14),
)->np.ndarray:
    "Birds: two wings that beat."
    from PIL import Image, ImageDraw
    mask = Image.new('L', (video_width*2, video_height*2))
    draw = ImageDraw.Draw(mask)
    for i, (x, y, speed, size) in enumerate(flock):
        cx, cy = 2*(x + speed*t), 2*(y + 4*math.sin(t*.9 + i))
        beat = math.sin(t*(5 + i % 3) + 2*i)
        for side in (-1, 1):
            wing = [(cx, cy), (cx + side*size, cy - size*(.35 + .35*beat)), (cx + side*2.1*size, cy - size*(.1 + .75*beat))]
            draw.line(wing, fill=255, width=3, joint='curve')
    return blend(picture, colour, np.asarray(mask.resize((video_width, video_height), Image.Resampling.LANCZOS), np.float32)/255)

@lru_cache(1)
def _brushes()->dict:
    "Textures and mountains, made once."
    rng = np.random.default_rng(7)
    h = height_map(rng)
    land = land_colour(h, rng)
    return dict(lake=mountains(h, land, 212, 570), valley=mountains(h, land, 215, 842, 230., (.8, .8, .82)), clouds=rough(512, 1024, rng, 1.75, 1.4), ripples=rough(512, 512, rng, 1.5, 3.), fine=rough(512, 512, rng, 1.1),
                coarse=rough(512, 1024, rng, 1.9))

def scene_beach(t:float)->np.ndarray:
    "A beach in the late afternoon."
    b, horizon = _brushes(), 128
    out = sky(t, horizon, ((.25, .5, .8), (.5, .7, .9), (.92, .87, .78)), (505, 80, (.5, .36, .18)), b['clouds'], .35)
    out = ridges(out, b['coarse'], (119,), (.33, .4, .44), (.6, .68, .75), tall=9.)
    out = water(out, t, horizon, b['ripples'], (.09, .34, .42), 16, .85, .22, 505)
    out = beach(out, t, horizon, (b['fine'], b['coarse']))
    return gulls(out, t, ((90, 70, 24, 9), (140, 88, 22, 7), (40, 96, 26, 6)), (.95, .95, .97))

def scene_lake(t:float)->np.ndarray:
    "Mountains and their image in a lake."
    b, horizon = _brushes(), 212
    out = sky(t, horizon, ((.2, .42, .76), (.45, .66, .9), (.82, .88, .93)), (-60, 30, (.4, .36, .28)), b['clouds'], .5)
    out = pan(out, b['lake'], 4 + 7*t)
    out = ridges(out, b['coarse'], (206,), (.09, .17, .1), (.3, .4, .35), move=200 + 9*t, tall=6.)
    return water(out, t, horizon, b['ripples'], (.07, .2, .26), 9, .4)

def scene_evening(t:float)->np.ndarray:
    "The sun goes down over a lake."
    b, horizon = _brushes(), 196
    down = 150 + 5*t
    out = sky(t, horizon, ((.17, .2, .42), (.72, .42, .42), (1., .66, .34)), (400, down, (.75, .4, .1)), b['clouds'], .15, (.95, .6, .5))
    out = ridges(out, b['coarse'], (176, 188), (.13, .1, .16), (.62, .36, .34), move=300, tall=12.)
    out = water(out, t, horizon, b['ripples'], (.16, .12, .22), 20, .5, .42, 400)
    out = ridges(out, b['coarse'], (372,), (.03, .03, .05), (.03, .03, .05), move=80, tall=14.)
    return gulls(out, t, ((210, 90, 18, 10), (262, 104, 17, 8), (180, 118, 19, 7), (240, 128, 18, 6)))

def scene_valley(t:float)->np.ndarray:
    "Hills behind hills in the morning mist."
    b = _brushes()
    out = sky(t, 260, ((.42, .56, .76), (.78, .78, .78), (1., .86, .68)), (180, 96, (.6, .42, .2)), b['clouds'], .6)
    out = pan(out, b['valley'], 70 - 6*t)
    return ridges(out, b['coarse'], (188, 222, 260, 300, 340), (.05, .15, .09), (.74, .76, .74), move=9*t, tall=17.)

scenes = (scene_beach, scene_lake, scene_evening, scene_valley)
scene_s = 5.

def video_frame(
    i:int,           # 0 for the first
)->np.ndarray:       # uint8 (360, 640, 3)
    "A frame of the sample video."
    t = i/video_fps
    k = min(len(scenes) - 1, int(t/scene_s))
    picture = scenes[k](t - k*scene_s)
    return (np.clip(picture, 0, 1)*255).round().astype(np.uint8)

# Its sound is wind and waves, made of noise like everything else: brown noise that swells every six seconds.

def shore_sound(
    duration_s:float=20.,
    sample_rate_hz:int=32000,
    seed:int=0,
)->np.ndarray:               # float32 (n, 2), peak below 0.5
    "Waves and wind."
    rng = np.random.default_rng(seed)
    n = int(duration_s*sample_rate_hz)
    hz = np.fft.rfftfreq(n, 1/sample_rate_hz)
    def noise(low, high): return np.fft.irfft(np.fft.rfft(rng.standard_normal((2, n)))*np.exp(-hz/high)*np.clip(hz/low, 0, 1)/np.sqrt(hz + 20), n)
    t = np.arange(n)/sample_rate_hz
    swell = np.clip(np.sin(2*np.pi*t/6 - 1.2), -.3, 1)*.5 + .35 + .1*np.sin(2*np.pi*t/3.7)
    out = noise(60, 500)*.6 + noise(300, 3500)*np.clip(swell, .05, 1)**1.5*1.2
    ends = np.clip(np.minimum(t, duration_s - t)/.8, 0, 1)
    return (out/np.abs(out).max()*.35*ends).T.astype(np.float32)

def write_video(
    path:str|Path,
    n_frame:int=480,
    crf:int=25,            # x264 quality, lower is better and larger
)->Path:
    "Paint the video and encode it as H.264 and AAC in MP4."
    import av
    sound = shore_sound(n_frame/video_fps)
    with atomic_path(path) as tmp, av.open(str(tmp), 'w', format='mp4', options=dict(movflags='+faststart')) as out:
        v = out.add_stream('libx264', rate=video_fps, width=video_width, height=video_height, pix_fmt='yuv420p',
                           options=dict(crf=str(crf), preset='slow', threads='2'))
        a = out.add_stream('aac', rate=32000, layout='stereo', bit_rate=64000)
        for i in range(n_frame): out.mux(v.encode(av.VideoFrame.from_ndarray(video_frame(i), format='rgb24')))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T), format='fltp', layout='stereo')
        frame.sample_rate = 32000
        for stream, last in ((v, None), (a, frame), (a, None)): out.mux(stream.encode(last))
    return Path(path)
