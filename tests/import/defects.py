#!/usr/bin/python3
"""The sample ward's messy files against the truth: every row its verdict, no row lost, no wrong value accepted in silence;
and for each planted kind of defect how many were mended, how many reported.

    defects.py MAPD MAPD_SAMPLE FOLDER [SEED]
"""
import collections
import csv
import ctypes
import ctypes.util
import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import unicodedata

SPOILT_ADDRESS = {'marks_lost', 'telex_left', 'phone_in_address', 'error_cell_address', 'merged_cell'}
TONES = '\u0300\u0301\u0303\u0309\u0323'
RANK = ['gps', 'stall_plan', 'house_number', 'interpolated', 'street', 'residential_group', 'area', 'none']
COLUMNS = {  # field of values.tsv: names of columns in the list of problems
    'id': ('tax_code',), 'owner': ('owner_name',), 'address': ('address', 'number', 'street'), 'qr': ('accepts_qr',),
    'pos': ('accepts_card',), 'transfer': ('accepts_transfer',), 'account': ('has_account',), 'area': ('area_m2',),
    'certificate': ('document_number',), 'inspections': ('inspected_on', 'result'), 'class': ('evidence_class',),
    'minutes': ('minutes_number',), 'passed': ('result',), 'state': ('evidence_state',),
}


# --- reading ---

def tsv(folder, name):
    with open(os.path.join(folder, 'truth', name), encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


class Key:
    """Opens what is sealed, the way layers/secret.c does."""

    def __init__(self, path):
        self.sodium = ctypes.CDLL(ctypes.util.find_library('sodium') or 'libsodium.so.23')
        master = bytes.fromhex(open(path, encoding='ascii').read().split()[0])
        self.key = ctypes.create_string_buffer(32)
        if self.sodium.crypto_kdf_derive_from_key(self.key, 32, ctypes.c_uint64(1), b'mapd-key', master) != 0:
            sys.exit('the key cannot be derived')

    def open(self, sealed):
        plain = ctypes.create_string_buffer(len(sealed))
        length = ctypes.c_ulonglong()
        bad = self.sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, ctypes.byref(length), None, sealed[24:], ctypes.c_ulonglong(len(sealed) - 24), None, ctypes.c_ulonglong(0),
            sealed[:24], self.key)
        if bad:
            sys.exit('a sealed value does not open')
        return plain.raw[:length.value].decode()


PLACE = '''SELECT p.ref, p.name, p.status, p.industry_code, p.position, p.accuracy_m, X(p.geom), Y(p.geom), e.kind, e.address,
  e.licensed_on, e.has_account, e.at_home, s.kind AS stall_kind, s.number_norm, s.area_m2, m.code AS market, z.name AS zone,
  (SELECT has_account FROM occupancy o WHERE o.place_id = p.id AND o.valid_to IS NULL) AS stall_account,
  (SELECT trader_id FROM occupancy o WHERE o.place_id = p.id AND o.valid_to IS NULL) AS trader,
  (SELECT count(*) FROM platform_use u WHERE u.place_id = p.id) AS platform, f.health_checked_on, f.trained_on
  FROM place p LEFT JOIN establishment e ON e.place_id = p.id LEFT JOIN stall s ON s.place_id = p.id
  LEFT JOIN market m ON m.id = s.market_id LEFT JOIN zone z ON z.id = s.zone_id LEFT JOIN fs_place f ON f.place_id = p.id
  WHERE p.id = ?'''


class Ward:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.row_factory = sqlite3.Row
        # SpatiaLite's point: 43 bytes of header, then the two coordinates
        self.db.create_function('X', 1, lambda b: point(b)[0] if b else None)
        self.db.create_function('Y', 1, lambda b: point(b)[1] if b else None)
        self.key = Key(path + '.key')

    def one(self, sql, *values):
        return self.db.execute(sql, values).fetchone()

    def private(self, owner, owner_id, *fields):
        for field in fields:
            row = self.one('SELECT sealed FROM restricted WHERE owner = ? AND owner_id = ? AND field = ?', owner, owner_id, field)
            if row:
                return self.key.open(row[0])
        return ''

    def business(self, place):
        p = self.one(PLACE, place)
        if not p:
            return {}
        accepts = dict(self.db.execute('SELECT method, accepts FROM acceptance_listed WHERE place_id = ?', (place,)).fetchall())
        is_stall = p['stall_kind'] is not None
        value = {
            'ref': p['ref'], 'status': p['status'], 'industry_code': p['industry_code'], 'kind': p['kind'],
            'name': self.private('place', place, 'name') or p['name'],
            'address': self.private('place', place, 'address') or p['address'], 'issued_on': p['licensed_on'],
            'owner': self.private('trader', p['trader'], 'owner_name') if is_stall else
            self.private('place', place, 'owner_name'), 'phone': self.private('place', place, 'phone'),
            'id': self.private('place', place, 'identity'),
            'account': p['stall_account'] if is_stall else p['has_account'], 'at_home': p['at_home'],
            'platform': int(p['platform'] > 0), 'qr': accepts.get('QR'), 'pos': accepts.get('POS'),
            'transfer': accepts.get('CK'), 'market': p['market'], 'zone': p['zone'], 'stall_kind': p['stall_kind'],
            'stall_number': p['number_norm'], 'area': p['area_m2'], 'health_checked_on': p['health_checked_on'],
            'trained_on': p['trained_on'],
        }
        return value | {'.at': (p['position'], p['accuracy_m'], p[6], p[7])}

    def food(self, place):
        rounds = self.db.execute('SELECT inspected_on, result FROM fs_inspection WHERE place_id = ? ORDER BY 1', (place,)).fetchall()
        value = self.business(place)
        value['inspections'] = ';'.join(f'{day} {result}' if result else day for day, result in rounds)
        for kind, name in (('certificate', 'certificate'), ('commitment', 'committed_on')):
            d = self.one('SELECT number, issued_on, expires_on FROM fs_document WHERE place_id = ? AND type = ?', place, kind)
            if kind == 'commitment':
                value[name] = d and d['issued_on']
            else:
                value |= {'certificate': d and d['number'], 'issued_on': d and d['issued_on'], 'expires_on': d and d['expires_on']}
        return value

    def member(self, rowid):
        m = self.one('SELECT q.code AS pilot, m.joined_on, m.left_on FROM pilot_member m JOIN pilot q ON q.id = m.pilot_id'
                     ' WHERE m.id = ?', rowid)
        return dict(m) if m else {}

    def evidence(self, rowid):
        e = self.one('SELECT class, method, happened_on, passed, state, minutes_number AS minutes FROM evidence WHERE id = ?', rowid)
        return dict(e) if e else {}

    def stored(self, kind, entity_id):
        read = {'establishments': self.business, 'stalls': self.business, 'food-safety': self.food, 'pilots': self.member,
                'payments': self.evidence}.get(kind)
        return read(entity_id) if read and entity_id else {}


def point(blob):
    import struct
    return struct.unpack_from('<dd', blob, 43)


# --- comparing ---

def fold(text, bare=False):
    """The same word whatever its case, its composition and the vowel its tone stands on."""
    out = []
    for word in unicodedata.normalize('NFKD', text.replace('ð', 'đ').replace('Ð', 'Đ')).lower().split():
        tones = sorted(c for c in word if c in TONES)
        letters = ''.join(c for c in word if c not in TONES)
        if bare:
            letters = ''.join(c for c in letters if not unicodedata.combining(c)).replace('đ', 'd')
            tones = []
        out.append(letters + ''.join(tones))
    return ' '.join(out)


def same(field, told, stored, defects):
    stored = '' if stored is None else str(stored)
    if field == 'zone':  # "Khu A - Thực phẩm tươi sống" is zone A
        return fold(stored).removeprefix('khu ').split(' - ')[0] == fold(told)
    if field in ('name', 'owner', 'address'):
        bare = 'no_diacritics' in defects and field == 'address'
        return fold(told, bare) == fold(stored, bare)
    if field == 'area' and told and stored:
        return math.isclose(float(told), float(stored))
    if field in ('qr', 'pos', 'transfer', 'account', 'at_home', 'platform') and told == '0':
        return stored in ('', '0')
    return told == stored


def metres(a, b):
    return math.hypot((a[0] - b[0]) * 111320 * math.cos(math.radians(16.04)), (a[1] - b[1]) * 110600)


class Count:
    def __init__(self):
        self.planted = self.mended = self.reported = self.wrong = 0


class Check:
    def __init__(self, ward):
        self.ward = ward
        self.kinds = collections.defaultdict(Count)
        self.faults = []
        self.asked = []
        self.compared = self.beyond = self.placed = 0

    def fault(self, row, text):
        self.faults.append(f"{row['file']}:{row['row']} [{row['defects']}] {text}")

    def position(self, row, at, verdict):
        """More than the truth allows: over-claimed. From the other side of a street, and a little beyond its last known
        number, the contract allows `interpolated` where the truth says `street`; then the claimed metres are looked at."""
        position, accuracy, x, y = at
        if x is None or not row['class'] or not row['lon']:
            return True
        off = metres((x, y), (float(row['lon']), float(row['lat'])))
        self.placed += 1
        self.beyond += off > accuracy
        is_approximate = position == 'interpolated' and row['class'] == 'street'
        if RANK.index(position) < RANK.index(row['class']) and not is_approximate:
            self.fault(row, f"claims {position}, the truth allows {row['class']}; {off:.0f} m off")
            return False
        if position in ('gps', 'stall_plan', 'house_number') and off > 50:
            self.fault(row, f'{position} {off:.0f} m off')
            return False
        return True

    def values(self, row, told, stored, problems):
        """'' when all is as it must be, else 'reported' or 'wrong'."""
        worst = ''
        defects = set(row['defects'].split(','))
        for field, value in told.items():
            if field == 'address' and defects & SPOILT_ADDRESS:
                continue
            self.compared += 1
            if same(field, value, stored.get(field), defects):
                continue
            is_said = any(c in problems for c in COLUMNS.get(field, (field,)))
            if is_said and stored.get(field) in (None, '', 0):
                worst = worst or 'reported'
                continue
            worst = 'wrong'
            self.fault(row, f"{field}: '{stored.get(field)}' is stored, '{value}' is true{'; reported' if is_said else ''}")
        return worst

    def row(self, row, told, done):
        if not done:
            self.fault(row, 'the row is lost')
            return 'wrong'
        wanted = {row['verdict'], *row['verdict_also'].split('|')} - {''}
        state = ''
        if wanted == {'added'} and done['verdict'] == 'review' and row['class'] in ('house_number', 'interpolated', 'street'):
            self.asked.append(row)  # a person is asked where the geocoder could have been sure: nothing wrong is stored
            state = 'reported'
        elif done['verdict'] not in wanted:
            self.fault(row, f"{done['verdict']}, must be {' or '.join(sorted(wanted))}")
            state = 'wrong'
        if done['verdict'] in ('rejected', 'unchanged'):
            return state or ('reported' if done['verdict'] == 'rejected' else '')
        problems = {p.get('column') for p in json.loads(done['faults'] or '[]')}
        stored = self.ward.stored(row['kind'], done['entity_id'])
        if not stored and row['kind'] != 'markets' and done['verdict'] != 'review':
            self.fault(row, 'nothing is stored')
            return 'wrong'
        if stored:
            state = self.values(row, told, stored, problems) or state
            if '.at' in stored and not self.position(row, stored['.at'], done['verdict']):
                state = 'wrong'
        if state == '' and (done['verdict'] == 'review' or problems):
            state = 'reported'
        return state

    def count(self, row, state):
        for name in filter(None, row['defects'].split(',')):
            kind = self.kinds[name]
            kind.planted += 1
            kind.mended += state == ''
            kind.reported += state == 'reported'
            kind.wrong += state == 'wrong'


# --- the run ---

def run(mapd, sample, folder, seed):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    ward = os.path.join(folder, 'ward.db')
    subprocess.run([sample, folder, seed], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([mapd, 'init', ward, '--ward', '99001', '--name', 'Phường Mẫu', '--sample'], check=True, stdout=subprocess.DEVNULL)
    totals = {t['file']: int(t['rows']) for t in tsv(folder, 'totals.tsv')}
    faults = []
    for line in open(os.path.join(folder, 'manifest.tsv'), encoding='utf-8'):
        kind, name, *options = line.rstrip('\n').split('\t')
        out = subprocess.run([mapd, 'import', ward, os.path.join(folder, name), '--as', kind, '--json', *' '.join(options).split()],
                             stdout=subprocess.PIPE, check=False).stdout
        s = json.loads(out)
        counted = sum(s[k] for k in ('added', 'updated', 'unchanged', 'rejected', 'review'))
        if s['rows'] != counted or s['rows'] != totals.get(name, counted):
            faults.append(f"{name}: {s['rows']} rows, {counted} with a verdict, {totals.get(name)} in the truth")
    return ward, faults


def read_verdicts(ward):
    done = {}
    for r in ward.db.execute('SELECT b.file_name, r.row, r.verdict, r.faults, r.entity_id FROM import_verdict r'
                             ' JOIN import_batch b ON b.id = r.batch_id ORDER BY b.id DESC'):
        done[(r['file_name'], r['row'])] = r
    return done


def main():
    mapd, sample, folder = sys.argv[1:4]
    path, faults = run(mapd, sample, folder, sys.argv[4] if len(sys.argv) > 4 else '1')
    check = Check(Ward(path))
    check.faults = faults
    told = collections.defaultdict(dict)
    for v in tsv(folder, 'values.tsv'):
        told[(v['file'], v['row'])][v['field']] = v['value']
    done = read_verdicts(check.ward)
    rows = tsv(folder, 'rows.tsv')
    for row in rows:
        state = check.row(row, told[(row['file'], row['row'])], done.get((os.path.basename(row['file']), int(row['row']))))
        check.count(row, state)
    return tell(check, rows)


def tell(check, rows):
    print(f"{'kind':<28}{'planted':>8}{'mended':>8}{'reported':>9}{'wrong':>7}")
    for name, k in sorted(check.kinds.items()):
        print(f'{name:<28}{k.planted:>8}{k.mended:>8}{k.reported:>9}{k.wrong:>7}')
    planted = sum(k.planted for k in check.kinds.values())
    wrong = sum(k.wrong for k in check.kinds.values())
    print(f'{len(rows)} rows, {check.compared} values compared, {check.placed} positions, {check.beyond} beyond their accuracy')
    print(f'{planted} planted defects of {len(check.kinds)} kinds: {planted - wrong} caught, {wrong} not')
    for row in check.asked:
        print(f"asked without need: {row['file']}:{row['row']} [{row['defects']}]")
    for line in check.faults[:100]:
        print('FAULT', line)
    print(f'{len(check.faults)} faults')
    enough = planted >= 500 and len(check.kinds) >= 30
    honest = check.beyond * 1000 <= 3 * check.placed and len(check.asked) * 1000 <= 3 * len(rows)
    return 0 if enough and honest and not check.faults else 1


if __name__ == '__main__':
    sys.exit(main())
