/* osm: what a feature of an OpenStreetMap extract is for us. Private to sheet.c, which reads it, and osm.c.
 *
 * Each row has the columns layer (streets, addresses, water, green, roads), name, aliases, number, street,
 * ward. A named road gives two rows: one street, one line of the base layer. */
#ifndef IMPORT_OSM_H
#define IMPORT_OSM_H

#include "import/sheet.h"

enum { OSM_TAGS_MAX = 64 };
enum osm_shape { OSM_POINT, OSM_LINE, OSM_AREA };

struct osm_tag {
    struct slice name, value;
};

struct osm_feature {
    enum osm_shape shape;
    struct osm_tag tags[OSM_TAGS_MAX];
    int tag_count;
    struct slice other_tags; /* "addr:street"=>"Lê Lợi","building"=>"yes" */
    struct slice wkb;
};

struct osm; /* rows that wait to be handed out */

struct osm *osm_new(void);
void osm_free(struct osm *o);
struct sheet_row osm_names(struct arena *a);
/* Whether anything of the feature is for us, before its geometry is read. */
bool osm_wants(struct osm_feature *feature);
void osm_put(struct osm *o, const struct osm_feature *feature);
bool osm_take(struct osm *o, struct sheet_row *row);

#endif
