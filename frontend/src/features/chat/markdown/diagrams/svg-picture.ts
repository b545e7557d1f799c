/** An SVG as a page that shows it as a picture: pictures run no scripts, follow no links and load nothing. */

const [LEAST, MOST] = [16, 640];

export type SvgPicture = { page: string; width: number; height: number };

function lengths(root: string): [number, number] {
  const of = (name: string) =>
    Number.parseFloat(new RegExp(`\\s${name}\\s*=\\s*["']([\\d.]+)(?:px)?["']`).exec(root)?.[1] ?? "");
  const box =
    /\sviewBox\s*=\s*["']([^"']*)["']/
      .exec(root)?.[1]
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const [width, height] = [of("width") || box[2] || 300, of("height") || box[3] || 150];
  return [width, height].every((one) => Number.isFinite(one) && one > 0) ? [width, height] : [300, 150];
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function svgPicture(code: string, label: string): SvgPicture | null {
  const root = /<svg(?=[\s>/])[^>]*>/.exec(code)?.[0];
  if (!root) return null;
  const named = /\sxmlns\s*=/.test(root) ? code : code.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  const [width, height] = lengths(root);
  const scale = Math.min(1, MOST / width, MOST / height);
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>html,body{margin:0;height:100%;background:#fff}img{width:100%;height:100%;object-fit:contain}</style>
<img alt="${escaped(label)}" src="data:image/svg+xml,${encodeURIComponent(named)}">`;
  return { page, width: Math.max(width * scale, LEAST), height: Math.max(height * scale, LEAST) };
}
