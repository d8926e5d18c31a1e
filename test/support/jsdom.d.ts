/** The part of jsdom that the tests use; its own types would bring a browser's globals into all of the project. */
declare module 'jsdom' {
  export interface PageElement {
    readonly tagName: string;
    readonly textContent: string;
    readonly children: Iterable<PageElement>;
    hidden: boolean;
    value: string;
    querySelector(selector: string): PageElement | null;
    querySelectorAll(selector: string): Iterable<PageElement> & { readonly length: number };
    getAttribute(name: string): string | null;
    dispatchEvent(event: object): void;
  }
  export interface PageWindow {
    readonly document: PageElement & { readonly body: PageElement };
    readonly Event: new (name: string) => object;
  }
  export class JSDOM {
    constructor(text?: string, options?: { readonly runScripts?: 'dangerously' });
    readonly window: PageWindow;
  }
}
