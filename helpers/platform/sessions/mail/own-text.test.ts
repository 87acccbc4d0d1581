import fc from 'fast-check';
import { cpuTime } from '../../../testing/cpu-time.ts';
import { expect, test } from '../../../testing/session-parts.ts';
import { readMail } from './message.ts';
import type { MailParts } from './parts.ts';
import { conversationLine, conversationOf, quoted } from './text.ts';

/** What becomes of a mail with this content. */
async function textOf(content: string, parts: MailParts): Promise<string> {
  const type = content.startsWith('<') ? 'html' : 'plain';
  const raw = `From: ana@example.com\r\nContent-Type: text/${type}; charset=utf-8\r\n\r\n${content.replaceAll('\n', '\r\n')}`;
  return (await readMail(Buffer.from(raw), { from: '', to: [] }, parts)).text;
}

const gmail = 'On Fri, Nov 21, 2025 at 12:28 PM The Editor <edit@platform.example> wrote:';
const outlook = `From: The Editor <edit@platform.example>
Sent: Friday, November 21, 2025 12:28 PM
To: Ana <ana@example.com>
Subject: Re: A page`;
const twoFields = outlook.split('\n').slice(0, 2).join('\n');
const old = `Done: Add a page

Preview: http://127.0.0.1/preview/1/

Conversation ID: thread-1`;
const oldHtml = '<p>Done: Add a page</p><p>Conversation ID: thread-1</p>';
const outlookHtml = outlook
  .replaceAll('<', '&lt;')
  .replaceAll(/^(\w+:)/gm, '<b>$1</b>')
  .replaceAll('\n', '<br>\n');

/** Replies that say "Make it blue", as mail programs write them. */
const replies: Readonly<Record<string, string>> = {
  Gmail: `Make it blue\n\n${gmail}\n\n${quoted(old)}\n`,
  "Gmail's HTML": `<div dir="ltr">Make it blue</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Fri, Nov 21, 2025 at 12:28 PM The Editor &lt;<a href="mailto:edit@platform.example">edit@platform.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px">${oldHtml}</blockquote></div>`,
  'Outlook, in text': `Make it blue\n\n${outlook}\n\n${old}\n`,
  'Outlook, below a line': `Make it blue\n\n________________________________\n${outlook}\n\n${old}\n`,
  'Outlook 2003': `Make it blue\n\n-----Original Message-----\n${outlook}\n\n${old}\n`,
  'Outlook, without an address': `Make it blue\n\n${outlook.replace(/ <.*/, '')}\n\n${old}\n`,
  'Outlook, with bold fields': `Make it blue\n\n${outlook.replaceAll(/^(\w+:)/gm, '*$1*')}\n\n${old}\n`,
  'Outlook in German': `Make it blue\n\nVon: Edit <edit@platform.example>\nGesendet: Freitag, 21. November 2025 12:28\nAn: Ana <ana@example.com>\nBetreff: AW: Seite\n\n${old}`,
  'Outlook in French': `Make it blue\n\nDe : Edit <edit@platform.example>\nEnvoyé : vendredi 21 novembre 2025 12:28\nÀ : Ana <ana@example.com>\nObjet : RE: page\n\n${old}`,
  "Outlook's HTML": `<html><head><style>p.MsoNormal{margin:0cm}</style></head><body lang="EN"><div class="WordSection1"><p class="MsoNormal">Make it blue</p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${outlookHtml}</p></div>${oldHtml}</div></body></html>`,
  "Outlook on the web's HTML": `<div>Make it blue</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">${outlookHtml}</font><div>&nbsp;</div></div>${oldHtml}`,
  'Outlook for iOS': `Make it blue\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n${outlook}\n\n${old}`,
  'Apple Mail': `Make it blue\n\n> On Nov 21, 2025, at 12:28, The Editor <edit@platform.example> wrote:\n> \n${quoted(old)}\n`,
  'an iPhone': `Make it blue\n\nSent from my iPhone\n\n> On Nov 21, 2025, at 12:28, The Editor <edit@platform.example> wrote:\n> \n${quoted(old)}\n`,
  'a Samsung phone': `Make it blue\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: The Editor <edit@platform.example>\nDate: 21/11/2025 12:28 (GMT+00:00)\nTo: Ana <ana@example.com>\nSubject: Re: A page\n\n${old}`,
  Thunderbird: `Make it blue\n\nOn 21/11/2025 12:28, The Editor wrote:\n${quoted(old)}\n\n-- \nAna Example\nExample Ltd\n`,
  "Thunderbird's HTML": `<html><body><p>Make it blue</p><div class="moz-cite-prefix">On 21/11/2025 12:28, The Editor wrote:<br></div><blockquote type="cite" cite="mid:1@platform.example">${oldHtml}</blockquote></body></html>`,
  'Yahoo, which marks no quote': `Make it blue\n\n   On Friday, 21 November 2025 at 12:28:04 GMT, The Editor <edit@platform.example> wrote:  \n \n ${old.replaceAll('\n', '\n ')}`,
  'a program that answers below the quote': `${gmail}\n${quoted(old)}\n\nMake it blue\n`,
  'a program that answers below the quote, without an attribution': `${quoted(old)}\n\nMake it blue\n`,
  'a program that wraps over four lines': `Make it blue\n\nOn Fri, 21 Nov 2025 at\n12:28, The Editor of\nAll the Sites\n<edit@platform.example> wrote:\n${quoted(old)}`,
  'a program that wraps within the address': `Make it blue\n\nOn Fri, 21 Nov 2025 at 12:28, The Editor <\nedit@platform.example> wrote:\n\n${quoted(old)}`,
};

for (const [program, content] of Object.entries(replies))
  test(`a reply by ${program} is what somebody wrote now`, async ({ mailParts }) => {
    expect(await textOf(content, mailParts)).toBe('Make it blue');
  });

/** The attributions of Gmail, or of Thunderbird where they are without an address. */
const attributions: Readonly<Record<string, readonly string[]>> = {
  English: [gmail, 'On 3/3/26 10:01, Ana wrote:'],
  German: ['Am 3. März 2026 um 10:01 schrieb Ana <ana@example.com>:', 'Am 03.03.26 um 10:01 schrieb Ana Example:'],
  French: ['Le mar. 3 mars 2026 à 10:01, Ana <ana@example.com> a écrit :', 'Le 03/03/2026 à 10:01, Ana a écrit :'],
  Spanish: ['El mar, 3 mar 2026 a las 10:01, Ana (<ana@example.com>) escribió:'],
  Italian: ['Il giorno mar 3 mar 2026 alle ore 10:01 Ana <ana@example.com> ha scritto:'],
  Portuguese: ['Em ter., 3 de mar. de 2026 às 10:01, Ana <ana@example.com> escreveu:'],
  Dutch: ['Op di 3 mrt 2026 om 10:01 schreef Ana <ana@example.com>:', 'Op 03-03-2026 om 10:01 schreef Ana:'],
  Polish: ['wt., 3 mar 2026 o 10:01 Ana <ana@example.com> napisał(a):', 'W dniu 3.03.2026 o 10:01, Ana pisze:'],
  Swedish: ['Den tis 3 mars 2026 kl 10:01 skrev Ana <ana@example.com>:', 'Den 2026-03-03 kl. 10:01, skrev Ana:'],
  Russian: ['вт, 3 мар. 2026 г. в 10:01, Ana <ana@example.com>:'],
  Turkish: ['Ana <ana@example.com>, 3 Mar 2026 Sal, 10:01 tarihinde şunu yazdı:'],
  Chinese: ['Ana <ana@example.com> 于2026年3月3日周二 10:01写道：', '在 2026年3月3日，10:01，Ana 写道：'],
  Japanese: ['2026年3月3日(火) 10:01 Ana <ana@example.com>:'],
};

for (const [language, lines] of Object.entries(attributions))
  test(`an attribution in ${language} is not part of the text, however it is wrapped`, async ({ mailParts }) => {
    for (const line of lines)
      for (const width of [20, 30, 45, 200]) {
        const wrapped = line.replaceAll(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), '$1\n');
        expect(await textOf(`Make it blue\n\n${wrapped}${quoted(old)}`, mailParts), wrapped).toBe('Make it blue');
      }
  });

const texts: readonly (readonly [what: string, content: string, text: string])[] = [
  ['an answer between the lines of a quote', `${gmail}\n> Blue?\nYes\n> And the title?\nHome\n`, 'Yes\nHome'],
  ['answers between and below, without an attribution', `Hi\n> 1\n> 2\nYes\n> 3\nNo\n`, 'Hi\nYes\nNo'],
  [
    'a line of its own that begins with >',
    'Add a page that says\n> Welcome\nand nothing else',
    'Add a page that says\n> Welcome\nand nothing else',
  ],
  ['such a line above an attribution', `Write\n> Welcome\n\n${gmail}\n${quoted(old)}`, 'Write\n> Welcome'],
  ['two lines like a head', `${twoFields}\n\nMake it so`, `${twoFields}\n\nMake it so`],
  ['two such lines and a sentence', `${twoFields}\nMake it so`, `${twoFields}\nMake it so`],
  ['a head of three lines', `Make it blue\n\n${outlook.replace(/\nSubject.*/, '')}\n\n${old}`, 'Make it blue'],
  ['a head without empty lines around it', `Make it blue\n${outlook}\nDone it is`, 'Make it blue'],
  ['a short quote at the beginning', '> Blue?\nYes', 'Yes'],
  ['an attribution and nothing below it', `Make it blue\n\n${gmail}`, 'Make it blue'],
  ['an answer below a quote with a gap above it', `${gmail}\n\n\n\n> Blue?\n\nYes`, 'Yes'],
  ['text above an attribution and an answer below its quote', `Hi\nAna\n\n${gmail}\n\n> Blue?\nYes`, 'Hi\nAna\n\nYes'],
  ['a rule with spaces above a head', `Make it blue\n\n  ______ \n${outlook}\n\n${old}`, 'Make it blue'],
  ['a line that ends like a rule above a head', `Make it _____\n${outlook}\n\n${old}`, 'Make it _____'],
  ['a line that begins like a rule above a head', `_____ is it\n${outlook}\n\n${old}`, '_____ is it'],
  [
    'an attribution in an unknown language right below it',
    `Make it blue\n3 d. 2026 h. 10:01, Ana <ana@example.com> dixit:\n${quoted(old)}`,
    'Make it blue',
  ],
  ...['Write\nBest regards,\n1\n2\n3\n4\n5\n6\n7', `On 21 Nov 2025, ${'very '.repeat(50)}long wrote:\na word`].map(
    (text) => [`"${text.slice(0, 20).replaceAll('\n', ' ')}…"`, text, text] as const,
  ),
  ['a quote at the end, without an attribution', 'Make it blue\n> Done', 'Make it blue'],
  ['a signature', 'Make it blue\n-- \nAna\n\nExample Ltd\nSome Street 1\n\n+1 555\nwww\nfax', 'Make it blue'],
  ['a signature without a space', 'Make it blue\n\n--\nAna', 'Make it blue'],
  ['a farewell', 'Make it blue\n\nBest regards,\nAna', 'Make it blue'],
  ['a farewell in German', 'Mach es blau\n\nVon meinem iPhone gesendet', 'Mach es blau'],
  ['a rule', 'Above\n\n---\n\nBelow', 'Above\n\n---\n\nBelow'],
  ['styles', '<style>p{color:red}</style><p>Make it blue</p>', 'Make it blue'],
  [
    'paragraphs, bold words and a quote',
    '<p>Call it <b>&quot;Home&quot;</b></p><p>please</p><blockquote>Done<br>Conversation ID: thread-1</blockquote>',
    'Call it "Home"\n\nplease',
  ],
  [
    'headings and links',
    '<h1>Title</h1><a href="http://a.example">a link</a><img src="cid:1" alt="x">',
    'Title\n\na link',
  ],
  [
    'addresses',
    'Add:\n\nContact: ana@example.com\nPhone: 555\nCity: Berlin',
    'Add:\n\nContact: ana@example.com\nPhone: 555\nCity: Berlin',
  ],
  ...[
    'On the home page, show what Ana\nwrote',
    'On page 2 stands:\n\nwhat Ana wrote:',
    'On the page Ana wrote:\na word',
  ].map((text) => [`"${text.split('\n')[0]}"`, text, text] as const),
];

for (const [what, content, text] of texts)
  test(`a mail with ${what} is read`, async ({ mailParts }) => {
    expect(await textOf(content, mailParts)).toBe(text);
  });

test('a line introduces a quote when it has a date, a time or an address', ({ mailParts: { mailFormats } }) => {
  const dates = ['21 November 2025', '3/3', '3.3', 'Monday at 10:01', 'Monday at 10.01', 'Monday at 10h01'];
  for (const date of dates) expect(mailFormats.attribution(` On ${date}, Ana wrote: `), date).toBe('certain');
  expect(mailFormats.attribution('On Monday ana@example.com wrote:')).toBe('certain');
  for (const text of ['On page 2 Ana wrote:', 'On page 12:3 Ana wrote:', 'On 21 November 2025 Ana wrote: blue'])
    expect(mailFormats.attribution(text), text).toBeUndefined();
});

test('in an unknown language an introduction has a year or a time, and an address', ({
  mailParts: { mailFormats },
}) => {
  for (const date of ['2026', '10:01', '10.01'])
    for (const address of ['<ana@example.com>', '< ana@example.com>'])
      expect(mailFormats.attribution(`${date} Ana ${address} dixit:`), date).toBe('likely');
  for (const text of ['12 Ana <ana@example.com> dixit:', '1:1 Ana <ana@example.com> dixit:', '2026 Ana <ana> dixit:'])
    expect(mailFormats.attribution(text), text).toBeUndefined();
});

test("another mail's head begins with its sender, and says when or to whom it was sent", ({
  mailParts: { mailFormats },
}) => {
  const [from, sent, to, subject] = outlook.split('\n') as [string, string, string, string];
  expect(mailFormats.isOldHead([from, sent, to, subject])).toBe(true);
  expect(mailFormats.isOldHead([subject, to, sent, from]), 'its sender last').toBe(false);
  expect(mailFormats.isOldHead([from, subject]), 'without a date and a recipient').toBe(false);
  expect(mailFormats.isOldHead([sent, to, subject]), 'without a sender').toBe(false);
});

test('a signature is a farewell or two hyphens, and no line that goes on', ({ mailParts: { mailFormats } }) => {
  expect(['--', '-- ', '  Best regards,  ', 'Sent from my iPhone'].map(mailFormats.isSignature)).toEqual(
    Array(4).fill(true),
  );
  expect(['--- ', 'Make it blue', 'Best regards:', 'a'].map(mailFormats.isSignature)).toEqual(Array(4).fill(false));
});

test('any text above any quote is unchanged', ({ mailParts: { ownText, mailFormats } }) => {
  const line = fc
    .string({ unit: 'grapheme' })
    .map((text) => text.replaceAll(/[\r\n]/g, ''))
    .filter((text) => !/^(>|On |--\s*$)|Conversation ID/i.test(text));
  const instruction = fc
    .array(line, { minLength: 1 })
    .map((lines) => lines.join('\n').trim())
    .filter((text) => text !== '' && !/^(>|On |--)/.test(text));
  const attribution = fc.constantFrom(gmail, 'On 21 Nov 2025, at 12:28,\nThe Editor of All\n<edit@example.com> wrote:');
  const id = fc.stringMatching(/^[\w-]{1,100}$/);
  fc.assert(
    fc.property(
      instruction,
      attribution,
      fc.string(),
      id,
      fc.constantFrom('\n', '\r\n'),
      (text, head, quote, name, end) => {
        const read = (content: string): string => ownText(content.replaceAll('\n', end), mailFormats);
        expect(read(`${text}\n\n${head}\n${quoted(quote)}\n`)).toBe(text);
        expect(read(`${text}\n${quoted(quote)}`)).toBe(text);
        expect(read(`${text}\n${conversationLine(name)}`)).toBe(text);
        expect(read(text)).toBe(text);
      },
    ),
  );
});

test('a mail of quotes, a signature or a conversation alone has no text', async ({ mailParts }) => {
  for (const content of [
    quoted(old),
    `${gmail}\n${quoted(old)}`,
    `${outlook}\n\n${old}`,
    '-- \nAna',
    conversationLine('1'),
    '<style>p{}</style>',
  ])
    await expect(textOf(content, mailParts), content).rejects.toThrow('The message has no text');
});

test('a pathological text is read in linear time', async ({ mailParts }) => {
  const units = [
    '>',
    'On 1\n',
    '\n',
    ' ',
    'Conversation ID: ',
    '\r',
    '1:11:\n',
    '> \nx\n',
    `${'on at '.repeat(39)}2020:\n`,
  ];
  for (const unit of [...units, 'From: a <a@b>\nTo: b\nDate: c\n\n', 'Sent from x\n> y\n']) {
    const text = unit.repeat(200_000 / unit.length);
    const took = cpuTime(() => {
      conversationOf(text);
      mailParts.ownText(text, mailParts.mailFormats);
    });
    expect(took, `${JSON.stringify(unit)}: some 100 ms, and minutes where it takes the square`).toBeLessThan(4_000);
  }
});

test('deep HTML is read, and too much is refused', async ({ mailParts }) => {
  expect(await textOf(`<p>Make it blue</p>${'<div>'.repeat(20_000)}`, mailParts)).toContain('Make it blue');
  await expect(textOf('<p>x</p>'.repeat(40_000), mailParts)).rejects.toThrow('more than 262144 characters of HTML');
});
