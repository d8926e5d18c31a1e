/** Where editors find the language, seen from a schema file: the path of the package's `schema.json`. */
export const modeline = (path: string): string => `yaml-language-server: $schema=${path}`;

/** A first schema file: nothing is declared yet, everything usual is shown. Uncommented, the example is valid too. */
export function starterFile(schemaPath: string): string {
  return `# ${modeline(schemaPath)}
#
# What a MongoDB database should have. What is not mentioned here is left alone.
#
#   schemactl validate    is this file sound?            needs no database
#   schemactl plan        what would change, and why?    only reads
#   schemactl apply       do exactly that                and note how to undo it
#
# Any number of *.yaml files in this folder are one schema. For a database that is
# already there: schemactl init --from-live
version: 1

# Examples. Take away "# " from what you need.
#
# milestones:                     # changes that belong together, in their order: apply --milestone "001"
#   "001": Link orders to customers
#
# formats:                        # patterns with a name; built in are email, uuid, date and date-time
#   pincode: "^[0-9]{6}$"

collections: {}                   # with the first collection, take away this {}
#   customers:
#     description: One document per customer.
#     fields:
#       id:      { type: string, required: true }
#       email:   { type: string, format: email }
#       pincode: { type: string, format: pincode }
#     indexes:
#       - { key: { id: 1 }, unique: true }
#
#   orders:
#     fields:                     # documents that lack a field get its default
#       customer_id: { type: string, nullable: true, default: null, milestone: "001" }
#       status:      { type: string, enum: [pending, confirmed, delivered] }
#       items:       { type: array, items: { type: object, fields: { product_id: { type: string } } } }
#       created_at:  { type: date }
#     indexes:                    # the order of the names is meaning; 1 is ascending, -1 descending
#       - { key: { customer_id: 1, created_at: -1 }, milestone: "001" }
#       - { key: { created_at: 1 }, expireAfterSeconds: 31536000 }    # documents go after a year
#     links:
#       customer: { field: customer_id, references: customers.id, optional: true, milestone: "001" }
`;
}
