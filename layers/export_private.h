/* export_private: what the writers of one layer's file share. Not part of the door. */
#ifndef LAYERS_EXPORT_PRIVATE_H
#define LAYERS_EXPORT_PRIVATE_H

#include "layers/layers.h"

#include <stdio.h>

struct export_job {
    const struct export_request *request;
    const struct layer *layer;
    const struct snapshot_layer *rows; /* NULL: straight from the view (export_view.c) */
    struct filter_crs crs;             /* its projection is NULL: WGS84; axes east then north */
    bool northing_is_x;                /* EPSG:5899: in columns x is the northing */
    struct export_count count;
    struct fault *fault;
};

/* Looks at the filter; says how far the writing is to whoever wants to know. */
bool export_wants(struct export_job *job, uint32_t row);
/* False where the system of the file is not defined. */
bool export_project(const struct export_job *job, struct lonlat *p);

/* The request's coordinate system into the job; *mine is closed by the caller. */
bool export_set_crs(struct export_job *job, struct projection **mine) RESULT_MUST_BE_USED;

/* export_text.c */

/* A text file on its way out, a megabyte at a time. */
struct export_sheet {
    struct export_job *job;
    FILE *file;
    struct buf out;
};

bool export_sheet_open(struct export_sheet *s, struct export_job *job) RESULT_MUST_BE_USED;
/* Once there is a megabyte of it. */
bool export_sheet_flush(struct export_sheet *s) RESULT_MUST_BE_USED;
/* `ok`: so far; gives it back, or false when the last bytes did not get out. */
bool export_sheet_close(struct export_sheet *s, bool ok) RESULT_MUST_BE_USED;
/* The line of column names, and the members before the first feature. */
void export_csv_head(struct export_sheet *s);
void export_geojson_head(struct export_sheet *s);
/* The end of a line: the two columns of the position; NULL: there is none. */
void export_csv_position(struct export_sheet *s, const struct lonlat *at);
bool export_csv(struct export_job *job) RESULT_MUST_BE_USED;
bool export_geojson(struct export_job *job) RESULT_MUST_BE_USED;
bool export_kml(struct export_job *job) RESULT_MUST_BE_USED;

/* export_style.c: how QGIS shall draw the layer, as QML; false when it has no classes to colour. */
bool export_style(const struct layer *layer, struct buf *qml);

#endif
