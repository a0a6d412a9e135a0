"""Makes streets.pmtiles: an invented town around a point of Bogotá, in the schema of Protomaps.

    python3 -m venv /tmp/made && /tmp/made/bin/pip install pmtiles==3.8.1 mapbox-vector-tile==2.2.0
    /tmp/made/bin/python streets.py
"""
import gzip
import math

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

WEST, SOUTH, EAST, NORTH = -74.25, 4.45, -73.95, 4.85
ZOOMS = range(0, 13)


def mercator(longitude, latitude):
    sine = math.sin(math.radians(latitude))
    return (longitude + 180) / 360, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


ROADS = [([[WEST, south], [EAST, south + 0.02]], "major_road" if n % 3 == 0 else "minor_road", f"Calle {n + 1}") for n, south in enumerate(4.47 + step * 0.02 for step in range(18))]
ROADS += [([[west, SOUTH], [west + 0.03, NORTH]], "highway" if n % 4 == 0 else "minor_road", f"Carrera {n + 1}") for n, west in enumerate(-74.24 + step * 0.02 for step in range(14))]
LAYERS = {
    "earth": [({"type": "Polygon", "coordinates": [box(WEST, SOUTH, EAST, NORTH)]}, {"kind": "earth"})],
    "landuse": [({"type": "Polygon", "coordinates": [box(-74.05, 4.5, -73.97, 4.8)]}, {"kind": "forest"})],
    "water": [({"type": "Polygon", "coordinates": [box(-74.18, 4.68, -74.15, 4.7)]}, {"kind": "lake"}), ({"type": "LineString", "coordinates": [[-74.25, 4.6], [-74.15, 4.63], [-74.1, 4.75], [-74.0, 4.84]]}, {"kind": "river"})],
    "roads": [({"type": "LineString", "coordinates": line}, {"kind": kind, "name": name}) for line, kind, name in ROADS],
    "places": [({"type": "Point", "coordinates": [-74.09, 4.64]}, {"kind": "locality", "name": "San Inventado"})],
}


def tile(zoom, x, y):
    scale = 2**zoom

    def inside(geometry):
        def at(point):
            mx, my = mercator(*point)
            return [round((mx * scale - x) * 4096), round((1 - (my * scale - y)) * 4096)]

        kind, points = geometry["type"], geometry["coordinates"]
        placed = at(points) if kind == "Point" else [at(each) for each in points] if kind == "LineString" else [[at(each) for each in ring] for ring in points]
        return {"type": kind, "coordinates": placed}

    layers = [{"name": name, "features": [{"geometry": inside(geometry), "properties": properties} for geometry, properties in features]} for name, features in LAYERS.items()]
    return gzip.compress(mapbox_vector_tile.encode(layers, default_options={"extents": 4096, "y_coord_down": False}), mtime=0)


with open("streets.pmtiles", "wb") as file:
    writer = Writer(file)
    tiles = []
    for zoom in ZOOMS:
        (west, north), (east, south) = mercator(WEST, NORTH), mercator(EAST, SOUTH)
        for x in range(int(west * 2**zoom), int(east * 2**zoom) + 1):
            for y in range(int(north * 2**zoom), int(south * 2**zoom) + 1):
                tiles.append((zxy_to_tileid(zoom, x, y), zoom, x, y))
    for id, zoom, x, y in sorted(tiles):
        writer.write_tile(id, tile(zoom, x, y))
    e7 = lambda degrees: round(degrees * 10_000_000)
    header = {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": ZOOMS[0], "max_zoom": ZOOMS[-1],
        "min_lon_e7": e7(WEST), "min_lat_e7": e7(SOUTH), "max_lon_e7": e7(EAST), "max_lat_e7": e7(NORTH),
        "center_zoom": 11, "center_lon_e7": e7((WEST + EAST) / 2), "center_lat_e7": e7((SOUTH + NORTH) / 2),
    }
    writer.finalize(header, {"name": "San Inventado", "attribution": "<a href=\"https://example.com\">Calles inventadas</a>", "vector_layers": [{"id": name, "fields": {}} for name in LAYERS]})
