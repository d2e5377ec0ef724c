/* photo: pictures of places. */
#include "layers/store_private.h"

#include <string.h>

static struct slice hash_slice(const uint8_t hash[HASH_BYTES])
{
    return (struct slice){(const char *)hash, HASH_BYTES};
}

static bool note(struct store *s, const char *who, const char *action, const char *code, int64_t id,
                 struct fault *f)
{
    struct buf subject = {0}, detail = {0};
    buf_format(&subject, "place %s", code);
    buf_format(&detail, "{\"photo\":%lld}", (long long)id);
    struct audit_entry entry = {
        .who = who, .action = action, .subject = buf_to_slice(&subject), .detail = buf_to_slice(&detail)};
    bool good = audit_append(s, &entry, f);
    buf_release(&subject);
    buf_release(&detail);
    return good;
}

static bool end(struct store *s, bool good, struct fault *f)
{
    good = good && store_commit_quietly(s, f);
    if (!good)
        store_rollback(s);
    return good;
}

/* the photos of a code (?1) and of those merged into its place */
#define OF_CODE                                                                                              \
    " (f.code = ?1 OR f.code IN (SELECT r.code FROM retired_place r JOIN place k ON k.id = r.place_id"       \
    " WHERE k.code = ?1))"

/* --- adding --- */

static bool is_new(struct store *s, const struct photo_new *p, struct fault *f)
{
    sqlite3_stmt *st = store_statement(s, "SELECT 1 FROM place_photo f WHERE" OF_CODE " AND f.image = ?2", f);
    if (!st)
        return false;
    bind_text(st, 1, p->code);
    bind_bytes(st, 2, hash_slice(p->image->hash));
    bool there = statement_next(st, f);
    sqlite3_reset(st);
    return !there || fault_set(f, FAULT_DUPLICATE, "photo", "%s", "hồ sơ này đã có đúng ảnh ấy");
}

static bool insert(struct store *s, const struct photo_new *p, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s, "INSERT INTO place_photo (code, image, caption, added_at, added_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, p->code);
    bind_bytes(st, 2, hash_slice(p->image->hash));
    bind_slice(st, 3, p->caption);
    bind_text(st, 4, now);
    bind_text(st, 5, p->who);
    return statement_run(st, f);
}

bool photo_add(struct store *s, const struct photo_new *p, struct fault *f)
{
    if (p->caption.n > PHOTO_CAPTION_MOST)
        return fault_set(f, FAULT_BAD_VALUE, "caption", "%s", "chú thích dài quá");
    if (!store_begin(s, f))
        return false;
    bool good = image_keep(s, p->jpeg, p->who, p->image, f) && is_new(s, p, f) && insert(s, p, f);
    return end(
        s, good && note(s, p->who, "photo.add", p->code, sqlite3_last_insert_rowid(store_handle(s)), f), f);
}

/* --- reading --- */

int photo_list(struct store *s, struct arena *a, const char *code, struct photo_line **lines)
{
    int count = 0;
    sqlite3_stmt *st = store_statement(
        s,
        "SELECT f.id, f.caption, f.added_at, f.added_by, coalesce(i.taken_on, ''), coalesce(f.removed_at, "
        "''),"
        " coalesce(f.removed_by, ''), coalesce(CAST(round(ST_Distance(p.geom, MakePoint(i.lon, i.lat, 4326), "
        "1))"
        " AS INTEGER), -1) FROM place_photo f JOIN image i ON i.hash = f.image JOIN place p ON p.code = ?1"
        " WHERE" OF_CODE " ORDER BY f.removed_at IS NOT NULL, f.id DESC LIMIT ?2",
        NULL);
    *lines = ARENA_ARRAY(a, struct photo_line, PHOTOS_MOST);
    if (!st)
        return 0;
    bind_text(st, 1, code);
    bind_int(st, 2, PHOTOS_MOST);
    while (count < PHOTOS_MOST && statement_next(st, NULL))
        (*lines)[count++] = (struct photo_line){.id = sqlite3_column_int64(st, 0),
                                                .caption = arena_slice(a, column_slice(st, 1)),
                                                .added_at = arena_slice(a, column_slice(st, 2)),
                                                .added_by = arena_slice(a, column_slice(st, 3)),
                                                .taken_on = arena_slice(a, column_slice(st, 4)),
                                                .removed_at = arena_slice(a, column_slice(st, 5)),
                                                .removed_by = arena_slice(a, column_slice(st, 6)),
                                                .distance_m = sqlite3_column_int64(st, 7)};
    sqlite3_reset(st);
    return count;
}

static bool read_image(struct store *s, int64_t id, const char *code, struct buf *jpeg, struct fault *f)
{
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *st =
        store_statement(s, "SELECT f.image FROM place_photo f WHERE" OF_CODE " AND f.id = ?2", f);
    if (!st)
        return false;
    bind_text(st, 1, code);
    bind_int(st, 2, id);
    bool there = statement_next(st, f) && column_bytes(st, 0).n == HASH_BYTES;
    if (there)
        memcpy(hash, column_bytes(st, 0).p, HASH_BYTES);
    sqlite3_reset(st);
    return there ? image_read(s, hash_slice(hash), jpeg, f)
                 : fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có ảnh này");
}

bool photo_read(struct store *s, int64_t id, const char *code, const char *who, struct buf *jpeg,
                struct fault *f)
{
    return store_begin(s, f) &&
           end(s, read_image(s, id, code, jpeg, f) && note(s, who, "photo.read", code, id, f), f);
}

/* --- taking away --- */

static bool move(struct store *s, const struct photo_step *step, struct fault *f)
{
    char now[21];
    sqlite3_stmt *st = store_statement(
        s,
        "UPDATE place_photo AS f SET removed_at = ?3, removed_by = ?4 WHERE" OF_CODE " AND f.id = ?2"
        " AND (f.removed_at IS NULL) = ?5",
        f);
    if (!st)
        return false;
    clock_utc_iso(now);
    bind_text(st, 1, step->code);
    bind_int(st, 2, step->id);
    bind_text(st, 3, step->removes ? now : NULL);
    bind_text(st, 4, step->removes ? step->who : NULL);
    bind_int(st, 5, step->removes);
    return statement_run(st, f) && (sqlite3_changes(store_handle(s)) == 1 ||
                                    fault_set(f, FAULT_NOT_FOUND, NULL, "%s", "không có ảnh này"));
}

bool photo_step(struct store *s, const struct photo_step *step, struct fault *f)
{
    const char *action = step->removes ? "photo.remove" : "photo.restore";
    return store_begin(s, f) &&
           end(s, move(s, step, f) && note(s, step->who, action, step->code, step->id, f), f);
}

/* A picture may also be evidence or a label's: then it stays, and only the place lets go of it. */
static bool drop_pictures(struct store *s, const uint8_t (*hashes)[HASH_BYTES], int count, struct fault *f)
{
    bool good = true;
    for (int i = 0; good && i < count; i++) {
        sqlite3_stmt *st =
            store_statement(s,
                            "SELECT 1 FROM place_photo WHERE image = ?1 UNION ALL SELECT 1 FROM"
                            " label WHERE image = ?1 UNION ALL SELECT 1 FROM evidence_file WHERE"
                            " hash = ?1",
                            f);
        if (!st)
            return false;
        bind_bytes(st, 1, hash_slice(hashes[i]));
        bool used = statement_next(st, f);
        sqlite3_reset(st);
        good = used || image_drop(s, hash_slice(hashes[i]), f);
    }
    return good;
}

bool photo_purge(struct store *s, int *gone, struct fault *f)
{
    uint8_t hashes[PHOTOS_MOST][HASH_BYTES];
    *gone = 0;
    if (!store_begin(s, f))
        return false;
    sqlite3_stmt *st = store_statement(
        s,
        "DELETE FROM place_photo WHERE id IN (SELECT f.id FROM place_photo f WHERE"
        " julianday('now') - julianday(f.removed_at) > ?1 OR (julianday('now') - julianday(f.added_at) > ?1"
        " AND f.code NOT IN (SELECT code FROM place UNION ALL SELECT code FROM retired_place)) LIMIT ?2)"
        " RETURNING image",
        f);
    if (st) {
        bind_int(st, 1, PHOTO_DAYS);
        bind_int(st, 2, PHOTOS_MOST);
    }
    while (st && *gone < PHOTOS_MOST && statement_next(st, f))
        memcpy(hashes[(*gone)++], column_bytes(st, 0).p, HASH_BYTES);
    if (st)
        sqlite3_reset(st);
    return end(s, st && drop_pictures(s, (const uint8_t(*)[HASH_BYTES])hashes, *gone, f), f);
}
