/* clean: from a cell's text to a value, with a verdict. A value that cannot be right is never repaired
 * silently: the function says FAULT_… in the fault and the caller keeps the raw text. An empty cell is
 * CLEAN_EMPTY, not a fault. */
#ifndef IMPORT_CLEAN_H
#define IMPORT_CLEAN_H

#include "import/table.h"

enum clean { CLEAN_OK, CLEAN_EMPTY, CLEAN_BAD };

/* Whether the cell itself is sound: an error value, a formula never computed and a number whose digits were
 * lost are CLEAN_BAD, for whichever column. The functions below give the same verdict; this one is for
 * columns taken as plain text. */
enum clean clean_cell(const struct cell *c, struct fault *f);

/* dd/mm/yyyy, dd-mm-yy, dd.mm.yyyy, "ngày 5 tháng 6 năm 2024", yyyy-mm-dd, a date cell, a serial number in a
 * date column. Day first, never month first. "không thời hạn" is CLEAN_EMPTY. */
enum clean clean_date(const struct cell *c, struct date *out, struct fault *f);
/* Có x X ✓ 1 đúng yes c đã; Không 0 - chưa no k. */
enum clean clean_yes_no(const struct cell *c, bool *out, struct fault *f);
/* Whether a digital platform is used: yes or no, or its name, which is a yes. */
enum clean clean_platform(const struct cell *c, bool *out, struct fault *f);
/* One line of text: NFC, white space folded. "-", "nt", "#N/A" and the like are empty. */
enum clean clean_text(const struct cell *c, struct arena *a, struct slice *out);
/* A person's or shop's name: clean_text, and ALL CAPS stays as typed. */
enum clean clean_name(const struct cell *c, struct arena *a, struct slice *out);
/* Digits with the lost zero put back (9 digits of a number cell → 10), +84 → 0; 10 or 11 digits. */
enum clean clean_phone(const struct cell *c, struct arena *a, struct slice *out, struct fault *f);
/* Tax code 10 or 10-3 digits, a 12-digit personal identifier, or an old identity card (CMND) of 9; lost zeros
 * put back where the length proves them: 11 digits are 12, 9 of a number cell are a tax code's 10, and 9 of a
 * text are so when the check digit fits. More than 15 digits as a number is a fault. */
enum clean clean_identity(const struct cell *c, struct arena *a, struct slice *out, struct fault *f);
/* What looks wrong about a number that clean_identity took, in Vietnamese; NULL when nothing does: the check
 * digit of a tax code; place, century and year of birth in a personal identifier; an identity card of 9
 * digits, which no longer counts. The number is kept: a clerk may have the paper in hand. */
const char *identity_remark(struct slice identity, struct date today);
/* domain.md C.4: upper case, SỐ LÔ KI-ỐT dropped to their short forms, blanks and dashes dropped, suffix
 * kept. */
enum clean clean_stall_number(const struct cell *c, struct arena *a, struct slice *norm, struct fault *f);
/* Not for cells: a decimal number with comma or point, thousands grouped by the other one. */
bool clean_read_decimal(struct slice text, double *out);
enum clean clean_real(const struct cell *c, double *out,
                      struct fault *f); /* comma or point as decimal mark */
/* Enumerations of design.md section 6, in Vietnamese or English; the result is a constant of ours
 * ("household"). */
enum clean clean_kind(const struct cell *c, const char **out, struct fault *f);
enum clean clean_status(const struct cell *c, const char **out, struct fault *f);
enum clean clean_stall_kind(const struct cell *c, const char **out, struct fault *f);
enum clean clean_pilot_type(const struct cell *c, const char **out, struct fault *f);
enum clean clean_evidence_class(const struct cell *c, const char **out, struct fault *f);
enum clean clean_method(const struct cell *c, const char **out, struct fault *f); /* QR POS CK */
enum clean clean_evidence_state(const struct cell *c, const char **out, struct fault *f);
enum clean clean_result(const struct cell *c, const char **out, struct fault *f); /* pass fail */
/* A house number: what a spreadsheet turned into a date (3/2 → 3 February) is CLEAN_BAD, and the fault offers
 * "3/2". */
enum clean clean_house_number(const struct cell *c, struct arena *a, struct slice *out, struct fault *f);
/* Two cells as a position: WGS84 degrees (lon, lat or swapped, comma decimals, degrees-minutes-seconds), or
 * metres of the list's projection (EPSG:5899 unless told otherwise) in either order, with the plausibility
 * box of domain.md C.10 for EPSG:5899; *swapped tells that the columns stood the other way round: `first` is
 * lon or X (northing), `second` is lat or Y. */
enum clean clean_position(const struct projection *p, const struct cell *const pair[2], struct lonlat *out,
                          bool *swapped, struct fault *f);
/* The same from one cell: "16.0605, 108.2380". */
enum clean clean_coordinates(const struct projection *p, const struct cell *c, struct lonlat *out,
                             struct fault *f);

#endif
