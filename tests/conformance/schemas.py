#!/usr/bin/python3
"""OGC API - Features Part 5 / Common Part 3, Schemas: the requirements that can be checked over HTTP, by id.

usage: schemas.py MAPD      one line per requirement, ends with "N passed, N failed"

Records are checked against their schema by python3-jsonschema, which is not ours.
"""
import os
import sys

from jsonschema import Draft202012Validator, FormatChecker

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import links_of, media, run

CONF = "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/"
NAMES = ("schemas", "advanced-property-roles", "returnables-and-receivables", "queryables", "sortables")
CLASSES = {CONF + name: [name] for name in NAMES}
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
SCHEMA = "application/schema+json"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
SHAPES = {f"geometry-{kind}" for kind in ("point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon", "geometrycollection", "any",
                                          "point-or-multipoint", "linestring-or-multilinestring", "polygon-or-multipolygon")}
KEYWORDS = {"$schema", "$id", "type", "title", "description", "properties", "additionalProperties", "format", "enum", "readOnly"}
# which resource of a collection each class is about
RESOURCES = {"returnables-and-receivables": "schema", "queryables": "queryables", "sortables": "sortables"}


def is_spatial(one):
    return str(one.get("format", "")).startswith("geometry-")


def keywords(schema):
    yield from schema
    for one in schema["properties"].values():
        yield from one


def well_formed(r, href, schema):
    """Class schemas, of one document."""
    again = r.get(schema["$id"], Accept=SCHEMA)
    r.expect("schemas/json-schema", schema["$schema"] == DRAFT and schema["type"] == "object" and "?" not in schema["$id"], href)
    r.expect("schemas/json-schema", again.status == 200 and media(again) == SCHEMA and again.json() == schema, schema["$id"])
    try:
        Draft202012Validator.check_schema(schema)
        r.expect("schemas/json-schema", True)
    except Exception as fault:  # of the validator, which says what is wrong
        r.expect("schemas/json-schema", False, fault)
    for name, one in schema["properties"].items():
        typed = one["format"] in SHAPES and not {"type", "$ref"} & set(one) if is_spatial(one) else "type" in one
        r.expect("schemas/properties", typed and one["title"], (href, name))
        if one.get("format") in ("date", "date-time"):
            r.expect("schemas/properties", one["type"] in ("string", ["string", "null"]), (href, name))
        r.expect("schemas/role", isinstance(one.get("x-ogc-role", ""), str), (href, name))
        r.expect("schemas/property-seq", isinstance(one.get("x-ogc-propertySeq", 0), int), (href, name))
    r.expect("schemas/additional-keywords", all(k in KEYWORDS or k.startswith("x-ogc-") for k in keywords(schema)), href)
    ids = [one for one in schema["properties"].values() if one.get("x-ogc-role") == "id"]
    r.expect("schemas/role-id", len(ids) == 1 and ids[0]["type"] in ("string", "integer"), href)
    shapes = [one for one in schema["properties"].values() if one.get("x-ogc-role") == "primary-geometry"]
    spatial = [one for one in schema["properties"].values() if is_spatial(one)]
    r.expect("advanced-property-roles/role-primary-geometry", shapes == spatial and len(shapes) <= 1, href)


def records(r, collection, schema):
    """What is returned is what the schema says, and all of it."""
    properties = dict(schema["properties"])
    geometry = properties.pop("geometry")
    checker = Draft202012Validator(dict(schema, properties=properties), format_checker=FormatChecker())
    features = r.json(f"/ogc/collections/{collection}/items?limit=1000")["features"]
    for feature in features + [r.json(f"/ogc/collections/{collection}/items/{f['id']}") for f in features[:1]]:
        faults = [f"{feature['id']}: {fault.message}" for fault in checker.iter_errors(feature["properties"])]
        r.expect("returnables-and-receivables/response", not faults, faults)
        kinds = geometry["format"].removeprefix("geometry-").split("-or-")
        shape = feature["geometry"]
        r.expect("returnables-and-receivables/response", shape is None or shape["type"].lower() in kinds, (feature["id"], shape and shape["type"]))
    r.expect("returnables-and-receivables/response", schema["additionalProperties"] is False and all(p["readOnly"] for p in schema["properties"].values()))


def asked(r, collection, schema):
    """Queryables: each is a name in a filter; what is none is an error."""
    items = f"/ogc/collections/{collection}/items"
    for name in schema["properties"]:
        asked_for = f'S_INTERSECTS({name},BBOX(0,0,1,1))' if name == "geometry" else f'"{name}" IS NULL'
        answer = r.get(f"{items}?limit=1&filter={asked_for.replace(' ', '+').replace(chr(34), '%22')}")
        r.expect("queryables/response", answer.status == 200, (collection, name, answer.body[:200]))
    r.expect("queryables/response", schema["additionalProperties"] is False and r.get(f"{items}?filter=nosuch+IS+NULL").status == 400)


def sorted_by(r, collection, schema):
    items = f"/ogc/collections/{collection}/items"
    r.expect("sortables/response", schema["properties"] and not any(is_spatial(one) or one["type"] in ("object", "array") for one in schema["properties"].values()))
    for name in schema["properties"]:
        r.expect("sortables/response", r.get(f"{items}?limit=1&sortby={name}").status == 200, (collection, name))
    r.expect("sortables/response", schema["additionalProperties"] is False and r.get(f"{items}?sortby=nosuch").status == 400)
    r.expect("sortables/response", r.get(f"{items}?sortby=geometry").status == 400)


MORE = {"returnables-and-receivables": records, "queryables": asked, "sortables": sorted_by}


def check(r):
    for name in r.json("/ogc/collections")["collections"]:
        collection = r.json(f"/ogc/collections/{name['id']}")
        for requirement, resource in RESOURCES.items():
            links = links_of(collection, REL + resource)
            r.expect(f"{requirement}/link", len(links) == 1 and links[0]["href"] == f"{r.s.base}/ogc/collections/{collection['id']}/{resource}", links)
            answer = r.get(links[0]["href"], Accept=SCHEMA)
            r.expect(f"{requirement}/op", answer.status == 200 and media(answer) == SCHEMA)
            well_formed(r, links[0]["href"], answer.json())
            MORE[requirement](r, collection["id"], answer.json())
            page = r.get(links[0]["href"] + "?f=html")
            r.expect(f"{requirement}/op", page.status == 200 and media(page) == "text/html")
    r.expect("schemas/json-schema", r.get("/ogc/collections/nosuch/schema").status == 404)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], check, (CONF,), CLASSES))
