/* staff_style: what the pages of staff add to the one style: forms, buttons, the bar of links, counts. */
#include "mapd/staff.h"

static const char STYLE[] =
    ".bar{max-width:72rem;margin:0 auto;padding:.25rem 1rem;display:flex;flex-wrap:wrap;gap:0 1.25rem;"
    "align-items:center;border-bottom:1px solid var(--line)}"
    ".bar a{padding:.6rem 0;text-decoration:none}.bar a[aria-current]{font-weight:600;box-shadow:inset 0 "
    "-3px "
    "var(--link)}.bar form{margin:0 0 0 auto;display:flex;gap:.75rem;align-items:center}"
    "label{display:block;margin:.75rem 0 .25rem;font-weight:600}label "
    "small{font-weight:400;color:var(--quiet)}"
    "input,select,button{font:inherit;color:inherit;box-sizing:border-box}"
    "input:not([type=radio]):not([type=hidden]),select{width:100%;max-width:32rem;min-height:2.75rem;padding:"
    ".4rem "
    ".6rem;border:1px solid var(--quiet);border-radius:.4rem;background:var(--paper)}"
    "input[type=file]{padding:.55rem .6rem}td select{min-width:13rem;min-height:2.25rem;font-size:.875rem}"
    "input:focus-visible,select:focus-visible,button:focus-visible,summary:focus-visible{outline:3px solid "
    "var(--link);outline-offset:2px}"
    "button{min-height:2.75rem;padding:.4rem 1.1rem;border:1px solid var(--link);border-radius:.4rem;"
    "background:var(--paper);color:var(--link);font-weight:600;cursor:pointer}"
    "button.main{background:var(--link);color:var(--paper)}.bar button,td "
    "button{min-height:2.25rem;padding:.2rem "
    ".7rem}"
    "form p{margin:1rem 0}.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}.buttons form,td "
    "form{margin:0}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem;padding:0;"
    "list-style:none;margin:1rem 0}.cards li{margin:0;border:1px solid "
    "var(--line);border-radius:.5rem;padding:1rem}"
    ".cards b{display:block;font-size:1.75rem;line-height:1.2}"
    ".note.stop{border-color:var(--stop);color:inherit}.note.good{border-color:var(--good);color:inherit}"
    ".note.warn{border-color:var(--warn);color:inherit}"
    "table.full{width:100%}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "tr.rejected td:first-child,tr.review td:first-child{box-shadow:inset 4px 0 "
    "var(--warn)}tr.rejected td:first-child{box-shadow:inset 4px 0 var(--stop)}"
    "td{max-width:28rem}.inline{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end}.inline "
    "label{margin:0}"
    ".inline input:not([type=radio]):not([type=hidden]){width:11rem}details{margin:.75rem "
    "0}summary{cursor:pointer;"
    "padding:.4rem 0}progress{width:100%;max-width:32rem;height:1.25rem}h2 "
    "small{font-weight:400;color:var(--quiet)}"
    "@media print{.bar,form{display:none}}";

const char *staff_style(void)
{
    return STYLE;
}
