/** Schema files in which nothing is wrong. */
export interface ValidFiles {
  readonly version: string;
  /** As they are shown. */
  readonly files: readonly string[];
  /** `schema/ (1 file, 6 collections)` */
  readonly from: string;
  /** `6 collections, 14 indexes, 11 links` */
  readonly holds: string;
}

export const validText = ({ from, holds }: ValidFiles): string => `${from}: valid. ${holds}.\n`;
