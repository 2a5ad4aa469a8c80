/** What a model writes, and what of it is content, thoughts and calls. */
export interface Written {
  readonly text: string;
  readonly content?: string;
  readonly reasoning?: string;
  readonly calls?: readonly (readonly [name: string, args: Record<string, unknown>])[];
  /** False: no tool is offered. Default: true. */
  readonly offered?: boolean;
  /** True: not as the grammar of forced calls has it. Default: false. */
  readonly free?: boolean;
}

export interface Family {
  /** Default: the family's name. */
  readonly format?: string;
  readonly template: string;
  readonly special?: readonly string[];
  /** What the template writes behind the last turn. */
  readonly ending?: string;
  readonly answers: Readonly<Record<string, Written>>;
}

/** The contents of all turns; what a family is known by stands in a comment. */
const template = (marks: string, ending = '') =>
  `{# ${marks} #}{% if tools %}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}${ending}`;

const values = {
  city: 'Caf\u00e9 "x"\n\\',
  nights: 2,
  guest: { name: "O'Neil" },
  tags: ['a,b', ''],
};
const both = [
  ['book', { city: 'Rome', nights: 2 }],
  ['look-up', {}],
] as const;
const json = (value: unknown) => JSON.stringify(value);

export const families: Record<string, Family> = {
  json_tools: {
    template: template('<tool_call> tool_call.name <think> </think>'),
    answers: {
      values: {
        text: `Well.\n<tool_call>\n{"name": "book", "arguments": ${json(values)}}\n</tool_call>`,
        content: 'Well.',
        calls: [['book', values]],
      },
      escapes: {
        text: '<tool_call>\n{"name": "book", "arguments": {"city": "Caf\\u00e9 \\/ \\ud83d\\ude00"}}\n</tool_call>!',
        content: '!',
        calls: [['book', { city: 'Café / 😀' }]],
      },
      'an end tag in a text': {
        text: '<tool_call>\n{"name": "book", "arguments": {"city": "a </tool_call> b"}}\n</tool_call>',
        calls: [['book', { city: 'a </tool_call> b' }]],
      },
      'thoughts, then text that quotes their tags': {
        text: '<think>Quote it.</think>Write `<think>` around thoughts and `</think>` after.',
        reasoning: 'Quote it.',
        content: 'Write `<think>` around thoughts and `</think>` after.',
      },
      'the tag of a call in thoughts': {
        text: '<think>I could write <tool_call> here, but no.</think>No call.',
        reasoning: 'I could write <tool_call> here, but no.',
        content: 'No call.',
      },
      'a package.json': {
        text: '```json\n{"name": "book", "arguments": {"city": "Rome"}}\n```',
        content: '```json\n{"name": "book", "arguments": {"city": "Rome"}}\n```',
      },
      'a tag where no tool is offered': {
        text: 'Use <tool_call>{"name": "book"}</tool_call> for it.',
        content: 'Use <tool_call>{"name": "book"}</tool_call> for it.',
        offered: false,
      },
    },
  },
  mistral: {
    template: template('[TOOL_CALLS] [CALL_ID] [ARGS]'),
    answers: {
      'two calls with ids': {
        text:
          '[TOOL_CALLS]book[CALL_ID]a1B2c3D4e[ARGS]{"city": "Rome", "nights": 2}' +
          '[TOOL_CALLS]look-up[CALL_ID]b1B2c3D4e[ARGS]{}',
        calls: both,
      },
      values: {
        text: `[TOOL_CALLS]book[CALL_ID]c1B2c3D4e[ARGS]${json(values)}`,
        calls: [['book', values]],
      },
    },
  },
  kimi_k2: {
    template: template('<|tool_calls_section_begin|>'),
    answers: {
      'two calls': {
        text:
          'I look.<|tool_calls_section_begin|><|tool_call_begin|>functions.book:0' +
          '<|tool_call_argument_begin|>{"city": "Rome", "nights": 2}<|tool_call_end|>' +
          '<|tool_call_begin|>functions.look-up:1<|tool_call_argument_begin|>{}' +
          '<|tool_call_end|><|tool_calls_section_end|>',
        content: 'I look.',
        calls: both,
      },
    },
  },
  qwen3_coder: {
    template: template('<tool_call>\n<function='),
    answers: {
      'text that looks like JSON, tags and numbers': {
        text:
          '<tool_call>\n<function=book>\n<parameter=city>\n{"a": "<b>"}\nnull\n</parameter>\n' +
          '<parameter=nights>\n9007199254740991\n</parameter>\n<parameter=tags>\n["a", "1"]\n' +
          '</parameter>\n</function>\n</tool_call>',
        calls: [
          ['book', { city: '{"a": "<b>"}\nnull', nights: 9007199254740991, tags: ['a', '1'] }],
        ],
      },
      'the word null as a text': {
        text: '<tool_call>\n<function=book>\n<parameter=city>\nnull\n</parameter>\n</function>\n</tool_call>Done',
        content: 'Done',
        calls: [['book', { city: 'null' }]],
      },
    },
  },
  glm47: {
    template: template('<arg_key>'),
    answers: {
      'a text of digits and blanks': {
        text: '<tool_call>book<arg_key>city</arg_key><arg_value> 02134 </arg_value></tool_call>',
        calls: [['book', { city: ' 02134 ' }]],
      },
    },
  },
  minimax_m2: {
    template: template('<minimax:tool_call>'),
    answers: {
      'two calls': {
        text:
          '<minimax:tool_call>\n<invoke name="book">\n<parameter name="city">Rome</parameter>\n' +
          '<parameter name="nights">2</parameter>\n</invoke>\n<invoke name="look-up">\n' +
          '</invoke>\n</minimax:tool_call>',
        calls: both,
      },
    },
  },
  kimi_k3: {
    template: template('<|open|>'),
    special: ['<|open|>', '<|close|>', '<|sep|>', '<|end_of_msg|>'],
    answers: {
      'a text as it is': {
        text:
          '<|open|>tools<|sep|><|open|>call tool="book" index="1"<|sep|><|open|>argument key="city" ' +
          'type="string"<|sep|>x"y\nz\\<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>',
        calls: [['book', { city: 'x"y\nz\\' }]],
      },
    },
  },
  gemma4: {
    template: template('<|tool_call> <tool_call|>'),
    special: ['<|channel>', '<channel|>'],
    answers: {
      'thoughts, then a call': {
        text: '<|channel>thought\nHm.<channel|><|tool_call>call:look-up{}<tool_call|>',
        reasoning: 'Hm.',
        calls: [['look-up', {}]],
      },
      'a channel of no thoughts': {
        text: '<|channel>thought\n<channel|>It is 4.',
        content: 'It is 4.',
      },
      'every kind of value': {
        text:
          '<|tool_call>call:book{city:<|"|>a "b", {c}\n<|"|>,nights:2,' +
          'guest:{name:<|"|>x<|"|>},tags:[<|"|>y<|"|>]}<tool_call|>',
        calls: [['book', { city: 'a "b", {c}\n', nights: 2, guest: { name: 'x' }, tags: ['y'] }]],
      },
      'a name with a hyphen': {
        text: '<|tool_call>call:look-up{}<tool_call|>There.',
        content: 'There.',
        calls: [['look-up', {}]],
      },
    },
  },
  function_gemma: {
    template: template('<start_function_call>'),
    answers: {
      'a brace in a text, lists and objects': {
        text:
          '<start_function_call>call:book{city:<escape>a } b<escape>,nights:2,' +
          'guest:{name:<escape>x<escape>},tags:[<escape>y, z<escape>]}<end_function_call>',
        calls: [['book', { city: 'a } b', nights: 2, guest: { name: 'x' }, tags: ['y, z'] }]],
      },
    },
  },
  pythonic: {
    template: template('<|tool_call_start|>'),
    answers: {
      'two calls': {
        text: "<|tool_call_start|>[book(city='12', nights=2), look-up()]<|tool_call_end|>Sure.",
        content: 'Sure.',
        calls: [
          ['book', { city: '12', nights: 2 }],
          ['look-up', {}],
        ],
      },
      'escapes and both spellings': {
        text: '<|tool_call_start|>[book(city="a\\n\\"b\\")]", guest={"name": \'c\'}, tags=["d"])]<|tool_call_end|>',
        calls: [['book', { city: 'a\n"b")]', guest: { name: 'c' }, tags: ['d'] }]],
      },
    },
  },
  harmony: {
    template: template('<|message|>', '<|start|>assistant'),
    ending: '<|start|>assistant',
    special: ['<|start|>', '<|channel|>', '<|message|>', '<|end|>', '<|call|>', '<|return|>'],
    answers: {
      'thoughts and an answer': {
        text: '<|channel|>analysis<|message|>Think.<|end|><|start|>assistant<|channel|>final<|message|>It is 4.<|return|>',
        reasoning: 'Think.',
        content: 'It is 4.',
        offered: false,
      },
      'a call with its constraint': {
        text:
          '<|channel|>analysis<|message|>Call.<|end|><|start|>assistant<|channel|>commentary ' +
          `to=functions.book <|constrain|>json<|message|>${json(values)}<|call|>`,
        reasoning: 'Call.',
        calls: [['book', values]],
      },
    },
  },
};
