/** In which formats each kind of result can be said; shells and help name them too. */
export const planFormats = ['text', 'json', 'markdown', 'html', 'github', 'sarif', 'junit'] as const;
/** A plan can be shown besides as what it does to the structure of a snapshot. */
export const shownFormats = [...planFormats, 'jsonpatch'] as const;
export const validFormats = ['text', 'json', 'markdown', 'github', 'sarif', 'junit'] as const;
export const checkFormats = ['text', 'json', 'markdown', 'github', 'sarif', 'junit', 'prom'] as const;
export const diagramFormats = ['mermaid', 'dbml'] as const;
/** How a failure can be said instead of a result. */
export const failureFormats = [...planFormats] as const;
