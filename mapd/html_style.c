/* html_style: the one style of the pages the server writes itself (resident's page, API pages). Light and
 * dark, three text sizes larger and one smaller, print. Contrast at least 4.5:1 in both schemes; targets at
 * least 24 px high. */
#include "mapd/html.h"

#include "layers/layers.h"

static const char STYLE[] =
    ":root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--soft:#f1f3f5;--line:#c9ced3;--quiet:#4a4f55;"
    "--link:#0b57a4;--good:#0a6b31;--warn:#7a4b00;--stop:#a31515}"
    "@media(prefers-color-scheme:dark){:root{--ink:#eceff1;--paper:#14181c;--soft:#20262c;--line:#47505a;"
    "--quiet:#b4bcc4;--link:#8ec5ff;--good:#7ddc9c;--warn:#ffc46b;--stop:#ff9d94}}"
    "html{font:100%/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",sans-serif;"
    "-webkit-text-size-adjust:100%}"
    "html.s{font-size:87.5%}html.l{font-size:125%}html.xl{font-size:160%}"
    "body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere}"
    "header,main,footer{max-width:38rem;margin:0 auto;padding:.75rem 1rem}"
    ".wide header,.wide main,.wide footer{max-width:72rem}"
    "header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;border-bottom:1px "
    "solid var(--line)}"
    "footer{color:var(--quiet);font-size:.875rem;border-top:1px solid var(--line);margin-top:1.5rem}"
    "a{color:var(--link);text-underline-offset:.15em}"
    "header a,nav a{display:inline-block;padding:.35rem 0;min-height:1.5rem}"
    "nav{display:flex;flex-wrap:wrap;gap:0 1.25rem}nav b{padding:.35rem 0}"
    "a:focus-visible{outline:3px solid var(--link);outline-offset:2px}"
    "h1{font-size:1.5rem;line-height:1.25;margin:.75rem 0 .25rem}h2{font-size:1.125rem;margin:1.5rem 0 "
    ".25rem}"
    "p{margin:.5rem 0}.quiet{color:var(--quiet)}"
    ".sample{color:var(--warn)}"
    ".state{display:inline-block;padding:.1rem .6rem;border:2px solid;border-radius:.7rem;font-weight:600}"
    ".good{color:var(--good)}.warn{color:var(--warn)}.stop{color:var(--stop)}"
    ".days label{display:inline-block;max-width:100%;margin:0 1rem .5rem 0}.days "
    ":is(input,select,button){font:inherit;"
    "min-height:2.25rem;max-width:100%}"
    ".aloud button{font:inherit;min-height:2.75rem;padding:.4rem 1rem;border:1px solid var(--link);"
    "border-radius:.4rem;background:var(--paper);color:var(--link)}audio{width:100%;max-width:24rem}"
    "[hidden]{display:none!important}"
    ".note{background:var(--soft);border-left:4px solid var(--link);padding:.6rem .8rem;margin:1rem 0}"
    "dl{margin:.5rem 0}dl div{border-bottom:1px solid var(--line);padding:.45rem 0;display:grid;"
    "grid-template-columns:minmax(8rem,2fr) 3fr;gap:0 1rem}dt{color:var(--quiet)}dd{margin:0}"
    "@media(max-width:26rem){dl div{display:block}}html.l dl div,html.xl dl div{display:block}"
    "code,.code{font-family:ui-monospace,Menlo,Consolas,monospace;letter-spacing:.04em}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);"
    "overflow-wrap:normal;min-width:4.5rem}td a{display:inline-block;min-height:1.5rem}"
    "ul{padding-left:1.2rem}li{margin:.3rem 0}li a{display:inline-block;min-height:1.5rem}"
    "@media print{nav,header a{text-decoration:none}nav,.aloud{display:none}body{background:#fff;color:#000}"
    ".note{border:1px solid #000}}";

/* Reads the page with the device's own voice where it has one of the page's language, and then takes the
 * place of the server's recording. An enhancement: the page is whole without it. */
static const char VOICE_SCRIPT[] =
    "(d=>{const s=self.speechSynthesis,b=d.querySelector('.aloud "
    "button'),l=d.documentElement.lang;if(!s||!b)return;"
    "const o=()=>{const "
    "v=s.getVoices().find(v=>v.lang.startsWith(l)&&v.localService);if(!v)return;b.hidden=false;"
    "const a=d.querySelector('audio');if(a)a.hidden=true;b.onclick=()=>{if(s.speaking)return s.cancel();"
    "const u=new SpeechSynthesisUtterance([...d.querySelectorAll('h1,h2,.state,.note,dt,dd')].map(e=>"
    "e.textContent).join('. '));u.voice=v;u.lang=v.lang;s.speak(u)}};o();s.onvoiceschanged=o})(document)";

struct slice html_style(void)
{
    return SLICE(STYLE);
}

static void base64_add(struct buf *out, const uint8_t *bytes, size_t n)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;
        three |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
        three |= i + 2 < n ? bytes[i + 2] : 0;
        buf_char(out, DIGITS[three >> 18]);
        buf_char(out, DIGITS[three >> 12 & 63]);
        buf_char(out, i + 1 < n ? DIGITS[three >> 6 & 63] : '=');
        buf_char(out, i + 2 < n ? DIGITS[three & 63] : '=');
    }
}

void html_voice_script(struct buf *out)
{
    buf_format(out, "<script>%s</script>", VOICE_SCRIPT);
}

static void allow(struct buf *out, struct slice text)
{
    uint8_t hash[HASH_BYTES];
    sha256_of(text, hash);
    buf_text(out, " 'sha256-");
    base64_add(out, hash, sizeof hash);
    buf_char(out, '\'');
}

void html_policy(struct buf *out, const char *more_style, enum page_does does)
{
    buf_text(out, "default-src 'none'; style-src");
    allow(out, html_style());
    if (more_style)
        allow(out, slice_of(more_style));
    if (does == PAGE_SPEAKS) {
        buf_text(out, "; script-src");
        allow(out, SLICE(VOICE_SCRIPT));
        buf_text(out, "; media-src 'self'");
    }
    if (does == PAGE_SHOWS_MAP)
        buf_text(out, " 'self'; script-src 'self'; connect-src 'self'; font-src 'self'");
    buf_text(out, does == PAGE_SHOWS_MAP ? "; img-src 'self' data: blob:" : "; img-src 'self' data:");
    buf_text(out, "; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
}
