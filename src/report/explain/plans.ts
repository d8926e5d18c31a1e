import type { HazardCode, Note, Violation } from '../../planner/contract.ts';
import { entry, type Explanation } from './entry.ts';

/** What a plan may do to data or indexes; it blocks (20) until it is allowed by name. */
export const hazards: Readonly<Record<HazardCode, Explanation>> = {
  'drop-collection': entry(
    'A collection goes',
    'It is renamed into the trash with its documents, validator and indexes; a rollback brings it back as long as the trash is kept. Applications find it gone at once.',
    'If that is what you want: --allow drop-collection',
    'To keep it: declare it again, or exclude its address: --exclude ADDRESS',
  ),
  'breaks-view': entry(
    'A view goes on reading a name that goes',
    'A view keeps the name of what it reads. Once that is renamed or dropped the view yields nothing, or fails, without a word.',
    'Declare the view on the new name, so that it is changed in the same plan.',
    'If nobody needs the view: --allow breaks-view',
  ),
  'recreate-collection': entry(
    'A collection is copied into a new one',
    'Some options (capped, clustered, collation, time series) are fixed when a collection is made. Its documents are copied within the server, compared, and put in its place; writes are refused meanwhile, for as long as the plan says.',
    'Choose a quiet time, then: --allow recreate-collection',
    'To leave the collection as it is: take the option out of its declaration.',
  ),
  'drop-index': entry(
    'An index goes',
    'Queries that used it scan the collection from then on. A rollback builds it again, which takes as long as any build.',
    'See who uses it: db.COLLECTION.aggregate([{ $indexStats: {} }])',
    'Hide it first and watch: hidden: true',
    'If it is not needed: --allow drop-index',
  ),
  'index-gap': entry(
    'There is a time without the index',
    'The server can hold the old and the new form of this index neither side by side nor with another in between, so the old one goes before the new one is built. Queries scan the collection meanwhile, and a unique index does not guard.',
    'Choose a quiet time, then: --allow index-gap',
    'On 5.0 and newer most of these have no gap.',
  ),
  'drop-field': entry(
    'A field is removed from documents',
    'The values that go are kept for a rollback, in the transaction that removes them, until they are purged.',
    'Make sure that no deployed code reads the field, then: --allow drop-field',
  ),
  'convert-type': entry(
    'Stored values become another type',
    'Only values that convert without loss are touched; any other is a violation. Readers that compare with the old type find nothing any more.',
    'Deploy code that reads both types first, then: --allow convert-type',
  ),
  'tighten-validator': entry(
    'Documents that are there fail the new validator',
    'With level moderate such a document can still be changed, but once it is valid it can never become invalid again; writes that leave it invalid in another way may be refused.',
    'Find them: schemactl check',
    'Mend them, or: --allow tighten-validator',
  ),
  'ttl-expiry': entry(
    'The server will delete documents',
    'A TTL appears or becomes shorter, or an edit writes under one that is there what lies further back: the counted documents are older than it. They go within a minute, and no rollback brings them back.',
    'Keep a backup of what you need, then: --allow ttl-expiry',
  ),
  'rewrite-large': entry(
    'One pass writes more than a million documents',
    'Replicas must keep up and the oplog must hold what they have not read. Batches are small and fenced, so it can be stopped and resumed.',
    'Go easy on the server: --throttle auto',
    'Then: --allow rewrite-large',
  ),
  'empty-target': entry(
    'The database does not exist',
    'There are other databases on this server, but none of this name: more often a misspelt name than a new database.',
    'Check the name: --db NAME, or the path of the connection string',
    'If it is new: --allow empty-target',
  ),
  'shrink-capped': entry(
    'A smaller cap leaves documents out',
    'A capped collection forgets its oldest documents as soon as it is larger than its cap.',
    'If they may go: --allow shrink-capped',
  ),
  'unmanaged-prune': entry(
    'Something that nobody declared is dropped',
    'unmanaged: prune drops indexes and validators that are not in the files. Somebody may have made them for a reason.',
    'Declare what should stay.',
    'If all may go: --allow unmanaged-prune',
  ),
  'no-undo': entry(
    'Nothing is kept to take it back with',
    'With --no-undo a rewrite is faster, and a rollback cannot bring the former values back.',
    'Make a backup, then: --allow no-undo',
    'Or plan without --no-undo.',
  ),
};

/** What the data forbids (22); nothing helps but the data. */
export const violations: Readonly<Record<Violation['code'], Explanation>> = {
  duplicate: entry(
    'Documents share a key that must be unique',
    'A unique index cannot be built while they do. The plan counts the documents and their keys as the server sees them, and names some ids.',
    'Find them all: declare checks: { NAME: { duplicate: [FIELDS] } }, then: schemactl check',
    'Decide which document stays, mend or remove the others, then plan again.',
  ),
  validator: entry(
    'Documents fail the validator',
    'A strict validator with action error, or a rewrite whose result it would refuse, cannot be applied to them.',
    'Find them: schemactl check',
    'Mend them, or begin with validation: { level: moderate, action: warn }.',
  ),
  'parallel-arrays': entry(
    'A document has two arrays in one key',
    'The server cannot index two arrays of one document together, nor any array in a hashed index.',
    'Mend the documents, or index one of the fields.',
  ),
  'not-indexable': entry(
    'A document holds what the index cannot',
    'A text index refuses a document that names a language it does not know, a 2d or 2dsphere index what is no place on the map, an index of a time series an array in a measurement.',
    'Find them by the ids that the plan names, mend them, then plan again.',
  ),
  'rename-collision': entry(
    'A document has both the old and the new name',
    'renamedFrom would have to overwrite one of two values, and no value is ever overwritten.',
    'Decide which value is right, remove the other, then plan again.',
  ),
  'not-convertible': entry(
    'A value cannot be converted without loss',
    'convert: true changes only values that come back the same: "3" becomes 3, "3.5", "007" and "many" do not become an int.',
    'Mend these values, or allow their type too: type: [int, string]',
  ),
  'ambiguous-match': entry(
    'Several documents match a link',
    'populate takes a value only from the one document that matches; with ambiguous: fail several are an error, also when they appear while the field is filled. Where the plan changes the documents that are matched, --check-data fast looks for 5 s; what it misses stops the pass.',
    'Narrow it with "where", or leave such documents alone: ambiguous: skip',
  ),
  'repeated-name': entry(
    'An object holds a name twice',
    'A field within it changes, for which the object is put together anew; the server then keeps one of the two values.',
    'Take one of the two out, then plan again.',
  ),
  'not-sendable': entry(
    'A value could not be given back',
    'The field goes and is kept for a rollback, but its value is of a type that the driver cannot send (undefined, DBPointer, code with scope), a date beyond the year 275760, or an object that holds a name twice.',
    'Convert or remove these values, or remove the field with --no-undo.',
  ),
  'too-large': entry(
    'A document is too large',
    'A server takes documents of up to 16 MiB, and what is filled in, computed or converted would make it larger. Or a collection is copied into a capped one that is smaller than the document, which servers before 5.0 refuse.',
    'Make the document smaller, or the cap larger.',
  ),
};

/** What is worth knowing and never blocks. */
export const notes: Readonly<Record<Note['code'], Explanation>> = {
  'missing-support-index': entry(
    'A link has no index that supports it',
    'Looking for orphans, and most queries along the link, scan the collection; populate scans the other one for each value that it matches by.',
    'Declare an index on the field, or let the link plan one: index: true',
  ),
  unmatched: entry(
    'Documents stay without a value',
    'populate found no document for these, or several, or one whose own value is null, missing or an array; null and missing match nothing. An array that holds the value counts as several; before MongoDB 5.0, in the first field of match, as none, and so counts an array in a further field that came into the other collection during the pass.',
    'See which: schemactl check',
  ),
  'undeclared-value': entry(
    'Documents get a value that their field does not declare',
    'What compute yields, or populate takes, is of another type, or null where the field is not nullable. It is written all the same: the type of a field says what check looks for, and only a validator refuses.',
    'Change the expression, or what the field declares (type, nullable)',
    'See which once it is written: schemactl check',
  ),
  'index-renamed': entry(
    'An index gets another name than its key gives',
    'The old and the new form stand side by side while it is exchanged, so the new one carries six digits of its definition. It works the same, and is not renamed back.',
    'Give it a name of your own if the name matters: name: NAME',
  ),
  'index-being-built': entry(
    'Somebody is building an index here',
    'It counts among the 64 of the collection. apply waits for it under the lock, and adopts it where it is what was declared.',
    'Nothing; or wait, and plan again.',
  ),
  'newer-server': entry(
    'The server is newer than those that are tested',
    'What is known of 6.0 is taken to hold. Every effect is read back and the end is verified, so a difference shows as 23, not as damage.',
    'Try it on a copy first.',
  ),
  standalone: entry(
    'A standalone server has no transactions',
    'Batches are guarded by the lease alone: a process that was paused past it could still write one batch.',
    'Run a replica set, even of one member, where data matters.',
  ),
  'writes-refused': entry(
    'Writes are refused for a while',
    'A rollback copies the collection back into one with its former options; while it is compared nothing may change.',
    'Choose a quiet time.',
  ),
  'made-again': entry(
    'A time series is dropped and made again',
    'It holds nothing, so its options can be changed without copying.',
    'Choose a moment when nobody writes to it.',
  ),
  'validator-warns': entry(
    'Documents fail a validator that only warns',
    'With action warn the server writes such documents and logs them.',
    'Find them: schemactl check',
    'Once there are none: validation: { action: error }',
  ),
};

/** What a run says while it goes. */
export const warnings = {
  'late-documents': entry(
    'Documents came meanwhile that are not as declared',
    'The application wrote them after their batch had passed; the run is done and they were left alone. Where counting takes longer than 10 s it is said that their number is not known.',
    'Deploy code that writes what is declared, then find the rest: schemactl check',
    'Rewrite them too: schemactl apply --check-data full',
  ),
  kept: entry(
    'Documents were left as they are',
    'The application has changed them since the run that is rolled back; its values are newer, so they stay.',
    'Look at them, and change by hand what should be.',
  ),
  'not-purged': entry(
    'Undo data whose time was up is still there',
    'At its end a run forgets what older runs kept for longer than undo.retention. That failed, with these words of the server; the run itself is whole.',
    'The next run that changes something tries again; or now: schemactl purge',
  ),
} satisfies Readonly<Record<string, Explanation>>;
