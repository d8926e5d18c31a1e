import pMap from 'p-map';
import type { Database } from '../database/port.ts';
import { exitCodes, SchemactlError } from '../errors.ts';
import { addressOf } from '../state/address.ts';
import type { CheckResult, FailedCheck, Finding, LookedAt } from '../state/finding.ts';
import { severities } from '../state/language/schema.ts';
import type {
  CheckDeclaration,
  CollectionDeclaration,
  DatabaseState,
  FieldDeclaration,
  LinkDeclaration,
  Schema,
} from '../state/types.ts';
import { builtInFormats } from '../state/language.ts';
import { ask, type Extent, extentOf, scaled, tallyOf } from './count.ts';
import { type FieldRule, fieldRules } from './field-rules.ts';
import { namedQuestion } from './named.ts';
import { shellQuery } from './shell-query.ts';
import { referenceOf } from './reference.ts';
import { whyRefused } from './refused.ts';
import { tallyFields } from './run-fields.ts';
import { tallyOrphans } from './run-links.ts';
import { checkWords, fieldSeverity, fieldWords, linkWords } from './words.ts';

export interface CheckOptions {
  readonly schema: Schema;
  readonly observed: DatabaseState;
  /** Whether a rule is looked at. */
  readonly selects: (address: string, milestone: string | null) => boolean;
  /** Whether documents were given the default of this field before. */
  readonly isSettled: (address: string) => boolean;
  /** The most documents of a collection to look at; null: all. */
  readonly sample: number | null;
}

/** The rules of one collection that are looked at. */
export interface CollectionRules {
  readonly declaration: CollectionDeclaration;
  readonly fields: readonly FieldRule[];
  readonly links: readonly LinkDeclaration[];
  readonly checks: readonly CheckDeclaration[];
}

/** What a schema says of its data, by collection, where it is selected. */
export function rulesOf({
  schema,
  selects,
  isSettled,
}: Omit<CheckOptions, 'observed' | 'sample'>): readonly CollectionRules[] {
  const formats = new Map(Object.entries({ ...builtInFormats, ...schema.formats }));
  return schema.collections
    .filter(({ absent }) => !absent)
    .map((declaration) => ({
      declaration,
      fields: fieldRules(declaration, { formats, isSettled }).filter(({ address, milestone }) =>
        selects(address, milestone),
      ),
      links: declaration.links.filter(({ name, milestone }) =>
        selects(addressOf.link(declaration.name, name), milestone),
      ),
      checks: declaration.checks.filter(({ name }) => selects(addressOf.check(declaration.name, name), null)),
    }));
}

type Found = Omit<Finding, 'collection' | 'share'>;

async function fieldFindings(db: Database, extent: Extent, rules: readonly FieldRule[]): Promise<readonly Found[]> {
  const tallies = await tallyFields(db, extent, rules);
  return rules.map((rule, at) => ({
    rule: rule.rule,
    address: rule.address,
    severity: fieldSeverity[rule.rule],
    count: scaled(tallies[at]?.count ?? 0, extent),
    exact: extent.sampled === null,
    sample: tallies[at]?.sample ?? [],
    ...fieldWords(rule),
    query: null,
  }));
}

async function linkFinding(
  db: Database,
  extent: Extent,
  link: LinkDeclaration,
  fields: readonly FieldDeclaration[],
  observed: DatabaseState,
): Promise<Found> {
  const reference = referenceOf(link, fields);
  const { nulls, count, exact, sample } = await tallyOrphans(db, extent, reference, observed);
  const address = addressOf.link(extent.collection, link.name);
  return {
    rule: 'orphan',
    address,
    severity: link.severity,
    count: scaled(count, extent),
    exact: exact && extent.sampled === null,
    sample,
    ...linkWords(reference, scaled(nulls, extent)),
    query: null,
  };
}

async function namedFinding(db: Database, extent: Extent, check: CheckDeclaration): Promise<Found | FailedCheck> {
  const { pipeline, maySample } = namedQuestion(check);
  const looked = maySample ? extent : { ...extent, sampled: null };
  const address = addressOf.check(extent.collection, check.name);
  const answer = await ask(db, looked, pipeline).catch((error: unknown) => whyRefused(db, looked, pipeline, error));
  if (typeof answer === 'string') {
    const { name: rule, severity } = check;
    return { rule, address, severity, collection: extent.collection, failure: answer };
  }
  const [found] = answer;
  const { count, sample } = tallyOf(found);
  return {
    rule: check.name,
    address,
    severity: check.severity,
    count: scaled(count, looked),
    exact: looked.sampled === null,
    sample,
    ...checkWords(check, found),
    query: shellQuery(extent.collection, check),
  };
}

/** What came of the rules of one collection. */
interface CollectionResult {
  readonly findings: readonly Finding[];
  readonly failed: readonly FailedCheck[];
  /** Rules that a sample does not break; the rest of the collection may. */
  readonly undecided: readonly LookedAt[];
}

async function resultOf(
  db: Database,
  rules: CollectionRules,
  { observed, sample }: CheckOptions,
): Promise<CollectionResult> {
  const { declaration, fields, links, checks } = rules;
  const collection = declaration.name;
  const extent = await extentOf(db, collection, sample);
  const found = [
    ...(await fieldFindings(db, extent, fields)),
    ...(await pMap(links, (link) => linkFinding(db, extent, link, declaration.fields, observed), { concurrency: 1 })),
    ...(await pMap(checks, (check) => namedFinding(db, extent, check), { concurrency: 1 })),
  ];
  const failed = found.filter((each): each is FailedCheck => 'failure' in each);
  const answered = found.filter((each): each is Found => !('failure' in each));
  const isBroken = ({ count }: Found): boolean => count > 0;
  const findings = answered.filter(isBroken).map((each) => {
    const share = Math.min(1, each.count / Math.max(1, extent.documents));
    return { ...each, collection, share };
  });
  const unsure = answered.filter((each) => !isBroken(each) && !each.exact);
  return { findings, failed, undecided: unsure.map(({ rule, address }) => ({ rule, address, collection })) };
}

const rank = ({ severity }: Finding): number => severities.indexOf(severity);

function lookedAt({ declaration: { name: collection }, fields, links, checks }: CollectionRules): readonly LookedAt[] {
  return [
    ...fields.map(({ rule, address }) => ({ rule, address, collection })),
    ...links.map(({ name }) => ({ rule: 'orphan', address: addressOf.link(collection, name), collection })),
    ...checks.map(({ name }) => ({ rule: name, address: addressOf.check(collection, name), collection })),
  ];
}

/** The rules of a schema, whatever is in the database, one after the other. */
export const everyRule = (rules: readonly CollectionRules[]): readonly LookedAt[] => rules.flatMap(lookedAt);

const keyOf = ({ rule, address }: LookedAt): string => `${rule} ${address}`;

/** A typing error in the name of a database must not pass for sound data. */
function noneThere(database: string, missing: readonly string[]): SchemactlError {
  const [first] = missing;
  const named =
    missing.length === 1 ? `the collection "${first}"` : `any of the ${missing.length} collections to check`;
  return new SchemactlError(`The database "${database}" does not hold ${named}.`, {
    code: 'SCH6409',
    exitCode: exitCodes.usage,
    next: [
      'Check its name: --db NAME, or the path of the connection string.',
      'If nothing was deployed yet: schemactl apply',
    ],
  });
}

/**
 * Looks for documents that break the rules of a schema. Reads only. Of collections that do not exist nothing is said but that;
 * throws SchemactlError 64 where none does.
 */
export async function runChecks(db: Database, options: CheckOptions): Promise<CheckResult> {
  const selected = rulesOf(options).filter((rules) => lookedAt(rules).length > 0);
  const isThere = ({ declaration: { name } }: CollectionRules): boolean =>
    options.observed.collections[name] !== undefined;
  const all = selected.filter(isThere);
  const missing = selected.filter((rules) => !isThere(rules)).map(({ declaration: { name } }) => name);
  if (all.length === 0 && missing.length > 0) throw noneThere(db.name, missing);
  const results = await pMap(all, (rules) => resultOf(db, rules, options), { concurrency: 2 });
  const failed = results.flatMap((result) => result.failed);
  const without = new Set(failed.map(keyOf));
  const rules = everyRule(all).filter((rule) => !without.has(keyOf(rule)));
  const looked = new Set(rules.map(keyOf));
  const declared = everyRule(rulesOf({ ...options, selects: () => true }));
  return {
    database: db.name,
    rules,
    collections: all.length,
    missing,
    failed,
    undecided: [
      ...declared.filter((rule) => !looked.has(keyOf(rule))),
      ...results.flatMap((result) => result.undecided),
    ],
    sampled: options.sample,
    findings: results.flatMap((result) => result.findings).sort((a, b) => rank(a) - rank(b)),
  };
}
