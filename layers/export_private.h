/* export_private: what the writers of one layer's file share. Not part of the door. */
#ifndef LAYERS_EXPORT_PRIVATE_H
#define LAYERS_EXPORT_PRIVATE_H

#include "layers/layers.h"

struct export_job {
    const struct export_request *request;
    const struct snapshot_layer *rows;
    struct filter_crs crs; /* its projection is NULL: WGS84; axes east then north */
    bool northing_is_x;    /* EPSG:5899: in columns x is the northing */
    struct export_count count;
    struct fault *fault;
};

/* Looks at the filter; says how far the writing is to whoever wants to know. */
bool export_wants(struct export_job *job, uint32_t row);
/* False where the system of the file is not defined. */
bool export_project(const struct export_job *job, struct lonlat *p);

/* export_text.c */
bool export_csv(struct export_job *job) RESULT_MUST_BE_USED;
bool export_geojson(struct export_job *job) RESULT_MUST_BE_USED;
bool export_kml(struct export_job *job) RESULT_MUST_BE_USED;

/* export_style.c: how QGIS shall draw the layer, as QML; false when it has no classes to colour. */
bool export_style(const struct layer *layer, struct buf *qml);

#endif
