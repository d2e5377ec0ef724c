/* record: rows in and out of the register, one noun a chapter (business.c, market.c, food_safety.c,
 * payment.c, gazetteer.c). Part of the door layers/layers.h; include that. */
#ifndef LAYERS_RECORD_H
#define LAYERS_RECORD_H

/* --- gazetteer.c: what the geocoder asks, read whole into memory --- */

/* --- business.c: places --- */

/* --- market.c: markets, zones, stalls, traders, pilots --- */

/* --- food_safety.c --- */

/* --- payment.c: evidence --- */

#endif
