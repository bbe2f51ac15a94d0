import { organisations } from '@praya/city/organisations';
import type { ConsentState, ConsentView } from '@praya/consent/contract';
import type { ActView } from '@praya/exchange/contract';
import { IDS } from './parties.ts';

const text = (en: string, hant: string, hans: string) => ({ en, 'zh-Hant': hant, 'zh-Hans': hans });

/** What the pretended registers hold of her. */
export const VALUES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'persons.identity': {
    nameEn: 'CHEUNG, Mei Ling Annabelle',
    nameZh: '張美玲',
    dateOfBirth: '1991-04-17',
    identityNumber: 'QZ482916(3)',
    sex: text('Female', '女', '女'),
  },
  'rates.address': {
    address: text(
      'Flat C, 18/F, Tower 2, Harbour Terrace, 27 Lamp Street, Wan Chai, Hong Kong',
      '香港灣仔明燈街27號海港台2座18樓C室',
      '香港湾仔明灯街27号海港台2座18楼C室',
    ),
    rateableValue: 284_400,
  },
};

const field = (name: string, title: ReturnType<typeof text>, required: boolean) => ({
  name,
  title,
  required,
});

const SERVICES: ConsentView['services'] = [
  {
    id: 'persons.identity',
    title: text('Identity particulars', '身份資料', '身份资料'),
    provider: { id: IDS.persons as never, name: organisations.persons.name },
    subject: 'sealed-subject-persons',
    fields: [
      field('nameEn', text('Name in English', '英文姓名', '英文姓名'), true),
      field('nameZh', text('Name in Chinese', '中文姓名', '中文姓名'), true),
      field('dateOfBirth', text('Date of birth', '出生日期', '出生日期'), true),
      field('identityNumber', text('Identity card number', '身份證號碼', '身份证号码'), true),
      field('sex', text('Sex', '性別', '性别'), false),
    ],
  },
  {
    id: 'rates.address',
    title: text('Home address', '住址', '住址'),
    provider: { id: IDS.rates as never, name: organisations.rates.name },
    subject: 'sealed-subject-rates',
    fields: [
      field('address', text('Address', '地址', '地址'), true),
      field(
        'rateableValue',
        text('Rateable value (HKD a year)', '應課差餉租值（每年港元）', '应课差饷租值（每年港元）'),
        false,
      ),
    ],
  },
];

const CONSENT_ID = 'con_01980000-0000-7000-8000-00000000000';

export function consentView(number: number, state: ConsentState): ConsentView {
  return {
    id: `${CONSENT_ID}${number}` as ConsentView['id'],
    state,
    recipient: { organisation: IDS.bank as never, client: 'lantern-bay-bank', name: organisations.bank.name },
    purpose: {
      code: 'account-opening',
      text: text('To open a bank account', '開立銀行戶口', '开立银行账户'),
    },
    services: SERVICES,
    frequency: { max: 3, per: 'day' },
    retention: 'P180D',
    requestedAt: '2026-03-02T02:11:00Z',
    decidedAt: state === 'requested' ? null : '2026-03-02T02:14:00Z',
    expiresAt: '2036-09-01T00:00:00Z',
    revision: 1,
  };
}

export function actView(number: number, about: Partial<ActView>): ActView {
  return {
    id: `act_01980000-0000-7000-8000-0000000001b${number}` as ActView['id'],
    kind: 'exchange',
    consentId: consentView(1, 'active').id as ActView['consentId'],
    service: 'persons.identity',
    outcome: 'done',
    code: null,
    at: `2026-03-0${number}T06:2${number}:00Z`,
    ...about,
  };
}

export const ACTS: readonly ActView[] = [
  actView(6, { kind: 'exchange', outcome: 'refused', code: 'consent.paused' }),
  actView(5, { kind: 'exchange', service: 'rates.address' }),
  actView(4, { kind: 'exchange' }),
  actView(3, { kind: 'consent', service: null }),
  actView(2, { kind: 'preview', service: 'rates.address' }),
  actView(1, { kind: 'preview' }),
];
