"""Made-up games of a few files each, for the lessons of the readers of games.

`made_games.py OUT SOUNDS` unpacks three of them in a folder, their tracks taken in turn from a folder of MP3 files."""
import shutil
import sys
import tempfile
from itertools import cycle
from pathlib import Path

import numpy as np
from PIL import Image

from musechat.data.pairs.packages import GameFiles

def unpack(files):
    "A made-up package: text, bytes or pictures by their names below usr/share."
    root = Path(tempfile.mkdtemp())
    for name, content in files.items():
        path = root/'usr/share'/name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Image.Image): content.save(path)
        else: path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return GameFiles([root])

def plate(colour, w=32, h=32): return Image.new('RGBA', (w, h), colour)

def shade(w, h): return Image.linear_gradient('L').resize((w, h))

def made_warmux():
    "A map with a playlist of three tracks, one of which is lost, and a map without one."
    share, world = 'games/warmux', 'games/warmux/map/sea'
    config = """<author><name>Somebody</name></author><name>The Sea</name>
<surface name="sky" file="a.png"/><surface name="map" file="b.png"/>
<!-- <music_playlist>old</music_playlist> --><music_playlist>sea</music_playlist>"""
    return unpack({
        f'{share}/music/profile.xml': '<music type="sea" playlist="ingame/sea.m3u" />',
        f'{share}/music/ingame/sea.m3u': '# two waves\nfirst.ogg\nsecond.ogg\nlost.ogg\n',
        f'{share}/music/ingame/first.ogg': b'1', f'{share}/music/ingame/second.ogg': b'2',
        f'{world}/config.xml': config, f'{share}/map/moon/config.xml': '<name>The Moon</name>',
        f'{world}/a.png': plate('skyblue', 320, 180), f'{world}/b.png': plate('sienna', 200, 60)})

def made_races():
    "Extreme Tux Racer: a race with a theme, and one without."
    races = '*[struct] 0 [race] r [course] hill\n[theme] calm\n\n*[struct] 0 [course] pit\n*[struct] 1 [cup] c'
    themes = '*[name] normal [race] race_1 [wonrace] won\n*[name] calm [race] calm_1'
    return unpack({
        'games/etr/music/music.lst': '*[name] calm_1 [file] calm.ogg', 'games/etr/music/calm.ogg': b'',
        'games/etr/music/racing_themes.lst': themes, 'games/etr/courses/events.lst': races,
        'games/etr/courses/default/hill/preview.png': plate('white')})

def made_planets():
    "Naev: two planets that share a picture and its music, one alone, and two that share a picture only."
    def planet(kind, n, picture):
        return f'<exterior>{picture}</exterior><class>{kind}</class><population>{n}</population><land>'
    script = """function choose_land ()
   if class == "M" then
      mus = { "green" }
   else
      if x["inhabited"] then
         mus = { "station", "upbeat" }
      else
         mus = { "green" }
      end
   end
end"""
    planets = [('M', 5, 'a.png'), ('X', 0, 'a.png'), ('X', 5, 'b.png'), ('M', 5, 'c.png'), ('X', 5, 'c.png')]
    return unpack({'naev/dat/snd/music.lua': script, 'naev/dat/snd/music/upbeat.ogg': b'',
                   'naev/dat/gfx/planet/exterior/a.png': plate('red')} |
                  {f'naev/dat/assets/{i}.xml': planet(*p) for i, p in enumerate(planets)})

def made_blobwars():
    "A level of hills in two tiles, a level without music, and a file that is no level."
    hill = np.zeros((40, 120), int)
    for x in range(120): hill[30 - int(8*np.sin(x/12)):, x] = 1 + (x//3)%2
    rows = '\n'.join(' '.join(map(str, row)) for row in hill)
    lines = ['STAGENAME "The Hill"', 'TILESET gfx/hill', 'BACKGROUND gfx/sky.png', 'MUSIC music/hill']
    return unpack({
        'games/blobwars/data/hill': rows + ''.join(f'\nEMH {line}' for line in lines),
        'games/blobwars/music/hill': b'', 'games/blobwars/gfx/sky.png': shade(256, 256),
        'games/blobwars/gfx/hill/1.png': plate('olive'), 'games/blobwars/gfx/common/2.png': plate('sienna'),
        'games/blobwars/data/quiet': 'EMH TILESET x\n', 'games/blobwars/data/font.ttf': b'\0\1\2'})

def made_supertux():
    "Levels: two sectors, music of the editor, a track outside the package, one that is cut off, an empty one."
    row = ' '.join(['1', '3']*20) + ' '
    def sector(music, tiles=row*20, extra=''):
        return f'(sector (name "main") {extra} {music} (tilemap (solid #t) (z-pos 0) (width 40) (tiles {tiles})))'
    light = '(ambient-light (color 0.5 1 1)) (gradient (top_color 0 0 1) (bottom_color 1 1 1))'
    levels = dict(
        good=sector('(music (file "/music/a/x.music"))', extra=light) + sector('(music)'),
        plain=sector('(music "chipdisko.ogg")'), out=sector('(music "../../../../../../etc/passwd")'),
        torn='(sector (music "chipdisko.ogg") (tilemap (width 4) (tiles 1 2')
    home = 'games/supertux2'
    tiles = '(t (tile (id 1) (images "one.png")) (tiles (width 2) (ids 2 3) (image (region "block.png" 0 0 64 32))))'
    return unpack({
        f'{home}/images/tiles.strf': tiles, f'{home}/images/one.png': plate('red'),
        f'{home}/images/block.png': shade(64, 32), f'{home}/music/a/x.music': '(supertux-music (file "x.ogg"))',
        f'{home}/music/a/x.ogg': b'', f'{home}/music/chipdisko.ogg': b'', f'{home}/levels/w/zero.stl': ''} |
        {f'{home}/levels/w/{name}.stl': f'(supertux-level {text})' for name, text in levels.items()})

def made_flare():
    "A cave of two tiles, a map with wind in place of music, and one that is too large to draw."
    def level(music, side, data=''):
        return (f'width={side}\nheight={side}\nmusic=music/{music}.ogg\ntileset=tilesetdefs/t.txt\ntitle=Cave\n\n'
                f'[layer]\ntype=background\ndata=\n{data}\n\n')
    mod = 'games/flare/mods/fantasycore'
    return unpack({
        f'{mod}/maps/cave.txt': level('a', 2, '5,0,\n0,5'), f'{mod}/maps/wind.txt': level('wind_ambient', 2),
        f'{mod}/maps/wide.txt': level('a', 90_000), f'{mod}/music/a.ogg': b'', f'{mod}/t.png': plate('green', 64, 32),
        f'{mod}/tilesetdefs/t.txt': 'img=t.png\ntile=5,0,0,64,32,32,16\n'})

def made_pingus():
    "A cave of two rocks, a level without music, one too large to draw, and two that are none."
    home = 'games/pingus/data'
    cave = """(pingus-level (head (levelname "The Cave") (music "deep.it") (levelsize 800 450))
(objects (surface-background (surface (image "back")) (position 0 0 -150))
  (groundpiece (surface (image "rock") (modifier "ROT90")) (position 300 200 0))
  (groundpiece (surface (image "rock") (modifier "ROT0")) (position 100 300 5))))"""
    large = '(pingus-level (head (music "x.it") (levelsize 99999 99999)))'
    return unpack({
        f'{home}/levels/toy/cave.pingus': cave, f'{home}/levels/toy/large.pingus': large,
        f'{home}/levels/toy/none.pingus': ')((', f'{home}/levels/toy/nothing.pingus': '',
        f'{home}/levels/toy/quiet.pingus': '(pingus-level (head (levelsize 9 9)))', f'{home}/music/deep.it': b'',
        f'{home}/images/rock.png': plate('sienna', 300, 120), f'{home}/images/back.png': shade(100, 150)})

def made_fillets():
    "A room with a ball in it, a level with two tracks, and the menu."
    home = 'games/fillets-ng'
    models = """createRoom(20, 10, "images/"..codename.."/room.png")
ball = addModel("item_light", 4, 2,
addItemAnim(ball, "images/"..codename.."/ball.png")"""
    return unpack({
        f'{home}/script/reef/code.lua': 'sound_playMusic("music/reef.ogg")', f'{home}/script/reef/models.lua': models,
        f'{home}/script/end/code.lua': 'sound_playMusic("music/a.ogg") sound_playMusic("music/b.ogg")',
        f'{home}/script/menu/code.lua': 'sound_playMusic("music/menu.ogg")', f'{home}/music/reef.ogg': b'',
        f'{home}/images/reef/room.png': plate('navy', 300, 150), f'{home}/images/reef/ball.png': plate('red', 15, 15)})

def made_hedgewars():
    "A wood with a tree and a map, and a theme without music."
    home = 'games/hedgewars/Data'
    wood = 'sky = 10, 20, 300\nmusic = wood.ogg\nobject = Tree, 1\nobject = Lost, 1'
    return unpack({
        f'{home}/Themes/Wood/theme.cfg': wood, f'{home}/Themes/Wood/horizont.png': plate('green', 200, 100),
        f'{home}/Themes/Wood/Tree.png': plate('red', 40, 90), f'{home}/Themes/Wood/LandTex.png': plate('brown', 64, 64),
        f'{home}/Themes/Mute/theme.cfg': 'clouds = 1', f'{home}/Music/wood.ogg': b'',
        f'{home}/Maps/One/map.cfg': 'Wood\n4', f'{home}/Maps/One/map.png': plate('white', 512, 256)})

def made_ardentryst():
    "A level in the ice, and what its people say."
    home, level = 'games/ardentryst', "S'theme'\np4\nVSnow\np5\nsS'bgmusic'\np6\nVice.ogg\np7"
    return unpack({f'{home}/Levels/One': level, f'{home}/Levels/One.npcs': 'x', f'{home}/Music/ice.ogg': b'',
                   f'{home}/Data/Background_Snow_Backing.png': plate('white')})

def made_wesnoth():
    "A campaign of a scenario with a story, and one without a map, on three kinds of ground."
    core, campaign = 'games/wesnoth/1.16/data/core', 'games/wesnoth/1.16/data/campaigns/Toy'
    codes, colours = ['Gg', 'Ww', 'Gg^Fp', 'Ww', 'Gg'], dict(grass='olive', water='steelblue', wood='darkgreen')
    kinds = {'Gg': 'grass', 'Ww': 'water', '^Fp': 'wood'}
    terrain = [f'[terrain_type]\n symbol_image={kinds[code]}\n string={code}\n[/terrain_type]\n' for code in kinds]
    scenario = """name= _ "The Ford"
#{SCENARIO_MUSIC old.ogg}
{SCENARIO_MUSIC "war.ogg"}
{EXTRA_SCENARIO_MUSIC calm.ogg}
map_file=ford.map
[story] [part]
  music=calm.ogg
  background=old.png~SCALE(1,1)
[/part] [/story]"""
    rows = [', '.join(codes[(x*x + y) % 5] for x in range(40)) for y in range(20)]
    return unpack({
        f'{core}/terrain.cfg': ''.join(terrain), f'{core}/music/war.ogg': b'', f'{core}/music/calm.ogg': b'',
        f'{campaign}/images/old.png': plate('tan', 400, 300), f'{campaign}/maps/ford.map': '\n'.join(rows),
        f'{campaign}/scenarios/1.cfg': scenario, f'{campaign}/scenarios/2.cfg': '{SCENARIO_MUSIC a.ogg}'} |
        {f'{core}/images/terrain/{name}.png': plate(colour, 72, 72) for name, colour in colours.items()})

if __name__ == '__main__':
    out, sounds = Path(sys.argv[1]), cycle(sorted(Path(sys.argv[2]).glob('*.mp3')))
    for made in (made_warmux, made_fillets, made_wesnoth):
        game = out/made.__name__.removeprefix('made_')
        shutil.move(made().roots[0], game)
        for track in sorted(game.rglob('*.ogg')): shutil.copyfile(next(sounds), track)
