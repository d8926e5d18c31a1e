import { ending, type ErrorExplanation } from './ending.ts';
import { entry } from './entry.ts';

export const review = 'Plan again: schemactl plan --out plan.json';

/** What is refused before the first write: for a hazard or a protection, a plan that has aged, the data. */
export const refusals: Readonly<Record<string, ErrorExplanation>> = {
  ...ending('blocked', {
    SCH2001: entry(
      'A collection must exist and does not',
      'mustExist: true guards against creating an empty collection in the wrong database.',
      'Check which database you are connected to: schemactl status',
      'Or take mustExist away.',
    ),
    SCH2002: entry(
      'It is another kind of thing on the server',
      'A collection, a view and a time series cannot become one another.',
      'Declare it under another name, or leave it out of the schema.',
    ),
    SCH2003: entry(
      'A protected collection',
      'protect: true is remembered in the database, so that deleting the entry does not drop the collection.',
      'Declare it again; to drop or copy it, first apply it with protect: false.',
    ),
    SCH2004: entry(
      'A hazard that nobody allowed',
      'What a plan may do to data or indexes is approved by name, once it is read.',
      'Read what it means: schemactl explain HAZARD',
      'If that is what you want: --allow HAZARD@ADDRESS',
    ),
    SCH2005: entry(
      'The trash was emptied',
      'A dropped collection comes back from the trash, and its documents are no longer there.',
      'Go on without it: --exclude ADDRESS',
      'Bring the documents back from a backup.',
    ),
    SCH2006: entry(
      'A later run changed it',
      'Taking back an earlier run alone would undo half of what the later one did.',
      'Take the later runs back too: schemactl rollback --to N',
      'Or go on without it: --exclude ADDRESS',
    ),
    SCH2007: entry(
      'Changes through mongos',
      'Sharded clusters could not be tested yet, so nothing is changed through mongos; reading works.',
      'Apply to a replica set.',
    ),
    SCH2008: entry(
      'Nobody is here to approve',
      'Off a terminal nothing is ever asked, so a change needs its approval beforehand.',
      'Apply a plan that was reviewed: schemactl apply plan.json',
      'Or approve whatever it will be: --auto-approve',
    ),
    SCH2009: entry(
      'An index that this server cannot have',
      'The version, or what else is on the collection, forbids it.',
      'Change the declaration as the message says, or leave it out: --exclude ADDRESS',
    ),
    SCH2010: entry(
      'Documents of a capped collection cannot grow',
      'A default would make them larger, which the server refuses.',
      'Fill them in before the collection is capped, or leave the default out.',
    ),
    SCH2011: entry(
      'Too many indexes',
      'The server holds 64 a collection; those on _id, undeclared ones and those being built count.',
      'Declare fewer, or drop some that are not declared.',
    ),
    SCH2012: entry(
      'The server is too old for an option',
      'It would refuse the command, so it is said before anything runs.',
      'Leave the option out, or upgrade the server.',
    ),
    SCH2013: entry(
      'A time series cannot be changed so',
      'It cannot be renamed, so it cannot be exchanged for a copy with other options either.',
      'Leave it as it is: --exclude ADDRESS',
      'Or declare a new one, and move the documents.',
    ),
    SCH2014: entry(
      'It cannot be brought back',
      'What a rollback would need is not there any more, or cannot stand beside what came since.',
      'Go on without it: --exclude ADDRESS',
    ),
    SCH2015: entry(
      'A collection and its former name are both there',
      'renamedFrom cannot choose between them.',
      'Bring the documents of both together by hand, or leave renamedFrom out.',
    ),
    SCH2016: entry(
      'Options that exclude each other',
      'What is declared cannot stand beside what is there and undeclared, which would be kept.',
      'Declare what is there too, or leave these options out.',
    ),
    SCH2017: entry(
      'Forbidden by the configuration',
      'The environment\'s "forbid" refuses this hazard, allowed or not.',
      'Change the plan, or the configuration file.',
    ),
    SCH2019: entry(
      'The schema declares nothing, and collections were applied',
      'Every one of them would be dropped; more often the wrong files were read.',
      'Check --schema and the files that it names.',
      'To drop a collection, declare it: absent: true',
    ),
    SCH2020: entry(
      'A newer schemactl keeps its records here',
      'This version would not understand what it finds, so it writes nothing.',
      'Use the newer version.',
    ),
    SCH2021: entry(
      'A run is open, so nothing is forgotten',
      'It may still need what it kept: to go on, or to be taken back.',
      'Finish it: schemactl resume, or schemactl rollback --run N.',
    ),
    SCH2022: entry(
      'What the run kept is gone',
      'A purge, or the end of undo.retention, took away what this would be taken back with; or somebody deleted some of it from schemactl_undo, and the rest alone would leave documents half taken back.',
      'Go on without it: --exclude ADDRESS',
      'What was deleted by hand: bring it back from a backup, by the _id that the message names.',
    ),
    SCH2023: entry(
      'Views that read each other need one collation',
      'The server refuses a view that reads another of a different collation.',
      'Declare the same collation for both, or let one of them read a collection.',
    ),
    SCH2024: entry(
      'Views read each other too deep',
      'The server follows 20 views in a row and no more.',
      'Let the view read a collection, or one of the views further down.',
    ),
  }),
  ...ending('stale', {
    SCH2510: entry(
      'It is no longer as the run left it',
      'Somebody changed the object since; a rollback would throw that away.',
      'Look at it: schemactl diff',
      'Go on without it: --exclude ADDRESS',
    ),
    SCH2511: entry(
      'The plan is stale',
      'What it touches has moved since it was made; the message says what. Nothing was written.',
      review,
    ),
    SCH2512: entry(
      'The plan is for another database',
      'A saved plan knows its database; --db cannot send it elsewhere.',
      'Leave out --db, or plan for that database.',
    ),
    SCH2513: entry(
      'Another collection has this name now',
      'Commands carry the UUID of the collection that was planned for, and it is gone.',
      'Plan afresh: schemactl apply',
      'Take back what was done elsewhere: schemactl rollback --exclude ADDRESS',
    ),
  }),
  ...ending('violated', {
    SCH2201: entry(
      'The data does not allow this plan',
      'Violations were found before anything was written; nothing helps but the data.',
      'Read what each means: schemactl explain CODE',
      'Mend the documents, then plan again.',
    ),
    SCH2202: entry(
      'Documents now stand against it',
      'The data was asked once more just before the step, and has changed since the plan was made.',
      'Mend the documents, then apply again.',
    ),
    SCH2203: entry(
      'An expression fails on a document',
      'compute must yield something, or nothing, for every document; an error would stop the pass part-way.',
      'Let it say what such documents get: $ifNull, $switch, $convert with onError.',
    ),
  }),
};
